package dev.wta.api.backend;

import dev.wta.api.op.Dense;
import dev.wta.api.op.Epilogue;
import dev.wta.api.tensor.Tensor;

/** The dense operations of a backend, checked. */
record CheckedDense(Dense dense, OneThread thread) implements Dense {
  @Override
  public void gemm(
      Tensor a,
      boolean transposeA,
      Tensor b,
      boolean transposeB,
      float alpha,
      float beta,
      Epilogue epilogue,
      Tensor out) {
    try (var _ = thread.hold()) {
      Operand left = Operand.open("gemm", transposeA ? "transposed a" : "a", a);
      Operand right = Operand.open("gemm", transposeB ? "transposed b" : "b", b);
      Operand result = Operand.open("gemm", "out", out);
      int m = transposeA ? a.shape().rowSize() : a.shape().rows();
      int k = transposeA ? a.shape().rows() : a.shape().rowSize();
      int n = transposeB ? b.shape().rows() : b.shape().rowSize();
      if (transposeB) {
        right.rowSize(k, left);
      } else {
        right.rows(k, left);
      }
      result.rows(m, left).rowSize(n, right).apartFrom(left, right);
      right.bias(epilogue.bias(), n);
      dense.gemm(a, transposeA, b, transposeB, alpha, beta, epilogue, out);
    }
  }

  @Override
  public void normalProduct(
      Tensor x, Tensor v, Tensor bias, Tensor weights, Tensor scores, Tensor out) {
    try (var _ = thread.hold()) {
      Operand samples = Operand.open("normalProduct", "x", x);
      Operand vectors = Operand.open("normalProduct", "v", v).rowSize(x.shape().rowSize(), samples);
      int count = v.shape().rows();
      Operand offsets = Operand.open("normalProduct", "bias", bias).size(count, vectors);
      Operand factors =
          Operand.open("normalProduct", "weights", weights)
              .rows(x.shape().rows(), samples)
              .rowSize(count, vectors);
      Operand products =
          Operand.open("normalProduct", "scores", scores)
              .like(factors)
              .apartFrom(samples, vectors, offsets, factors);
      Operand.open("normalProduct", "out", out)
          .like(vectors)
          .apartFrom(samples, vectors, offsets, factors, products);
      dense.normalProduct(x, v, bias, weights, scores, out);
    }
  }

  @Override
  public void transpose(Tensor x, Tensor out) {
    try (var _ = thread.hold()) {
      Operand from = Operand.open("transpose", "x", x);
      Operand.open("transpose", "out", out)
          .rows(x.shape().rowSize(), from)
          .rowSize(x.shape().rows(), from)
          .apartFrom(from);
      dense.transpose(x, out);
    }
  }

  @Override
  public void map(Unary f, Tensor x, Tensor out) {
    try (var _ = thread.hold()) {
      Operand.open("map", "out", out).like(Operand.open("map", "x", x));
      dense.map(f, x, out);
    }
  }

  @Override
  public void zip(Binary f, Tensor x, Tensor y, Tensor out) {
    try (var _ = thread.hold()) {
      Operand first = Operand.open("zip", "x", x);
      Operand.open("zip", "y", y).like(first);
      Operand.open("zip", "out", out).like(first);
      dense.zip(f, x, y, out);
    }
  }

  @Override
  public void zipRow(Binary f, Tensor x, Tensor row, Tensor out) {
    try (var _ = thread.hold()) {
      Operand first = Operand.open("zipRow", "x", x);
      Operand.open("zipRow", "row", row).size(x.shape().rowSize(), first);
      Operand.open("zipRow", "out", out).like(first);
      dense.zipRow(f, x, row, out);
    }
  }

  @Override
  public void zipColumn(Binary f, Tensor x, Tensor column, Tensor out) {
    try (var _ = thread.hold()) {
      Operand first = Operand.open("zipColumn", "x", x);
      Operand.open("zipColumn", "column", column).size(x.shape().rows(), first);
      Operand.open("zipColumn", "out", out).like(first);
      dense.zipColumn(f, x, column, out);
    }
  }

  @Override
  public void affine(float scale, Tensor x, float shift, Tensor out) {
    try (var _ = thread.hold()) {
      Operand.open("affine", "out", out).like(Operand.open("affine", "x", x));
      dense.affine(scale, x, shift, out);
    }
  }

  @Override
  public void clip(Tensor x, float low, float high, Tensor out) {
    try (var _ = thread.hold()) {
      Operand.open("clip", "out", out).like(Operand.open("clip", "x", x));
      dense.clip(x, low, high, out);
    }
  }

  @Override
  public void axpy(float alpha, Tensor x, Tensor y) {
    try (var _ = thread.hold()) {
      Operand.open("axpy", "y", y).like(Operand.open("axpy", "x", x));
      dense.axpy(alpha, x, y);
    }
  }

  @Override
  public void reduceRows(Reduction reduction, Tensor x, Tensor out) {
    try (var _ = thread.hold()) {
      Operand from = Operand.open("reduceRows", "x", x);
      Operand.open("reduceRows", "out", out).size(x.shape().rows(), from).apartFrom(from);
      dense.reduceRows(reduction, x, out);
    }
  }

  @Override
  public void reduceColumns(Reduction reduction, Tensor x, Tensor out) {
    try (var _ = thread.hold()) {
      Operand from = Operand.open("reduceColumns", "x", x);
      Operand.open("reduceColumns", "out", out).size(x.shape().rowSize(), from).apartFrom(from);
      dense.reduceColumns(reduction, x, out);
    }
  }

  @Override
  public double sum(Tensor x) {
    try (var _ = thread.hold()) {
      Operand.open("sum", "x", x);
      return dense.sum(x);
    }
  }

  @Override
  public double dot(Tensor x, Tensor y) {
    try (var _ = thread.hold()) {
      Operand.open("dot", "y", y).like(Operand.open("dot", "x", x));
      return dense.dot(x, y);
    }
  }

  @Override
  public void squaredError(Tensor prediction, Tensor target, Tensor error, Tensor loss) {
    try (var _ = thread.hold()) {
      Operand first = Operand.open("squaredError", "prediction", prediction);
      Operand.open("squaredError", "target", target).like(first);
      Operand.open("squaredError", "error", error).like(first);
      Operand.open("squaredError", "loss", loss).size(1, first);
      dense.squaredError(prediction, target, error, loss);
    }
  }

  @Override
  public void softmaxCrossEntropy(Tensor logits, Tensor labels, Tensor gradient, Tensor loss) {
    try (var _ = thread.hold()) {
      Operand first = Operand.open("softmaxCrossEntropy", "logits", logits);
      Operand.open("softmaxCrossEntropy", "labels", labels).size(logits.shape().rows(), first);
      Operand.open("softmaxCrossEntropy", "gradient", gradient).like(first);
      Operand.open("softmaxCrossEntropy", "loss", loss).size(1, first);
      dense.softmaxCrossEntropy(logits, labels, gradient, loss);
    }
  }
}
