package dev.wta.api.backend;

import dev.wta.api.op.Dense;
import dev.wta.api.op.Epilogue;
import dev.wta.api.tensor.Tensor;

/** The dense operations of a backend, for one thread at a time. */
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
      dense.gemm(a, transposeA, b, transposeB, alpha, beta, epilogue, out);
    }
  }

  @Override
  public void normalProduct(
      Tensor x, Tensor v, Tensor bias, Tensor weights, Tensor scores, Tensor out) {
    try (var _ = thread.hold()) {
      dense.normalProduct(x, v, bias, weights, scores, out);
    }
  }

  @Override
  public void transpose(Tensor x, Tensor out) {
    try (var _ = thread.hold()) {
      dense.transpose(x, out);
    }
  }

  @Override
  public void map(Unary f, Tensor x, Tensor out) {
    try (var _ = thread.hold()) {
      dense.map(f, x, out);
    }
  }

  @Override
  public void zip(Binary f, Tensor x, Tensor y, Tensor out) {
    try (var _ = thread.hold()) {
      dense.zip(f, x, y, out);
    }
  }

  @Override
  public void zipRow(Binary f, Tensor x, Tensor row, Tensor out) {
    try (var _ = thread.hold()) {
      dense.zipRow(f, x, row, out);
    }
  }

  @Override
  public void zipColumn(Binary f, Tensor x, Tensor column, Tensor out) {
    try (var _ = thread.hold()) {
      dense.zipColumn(f, x, column, out);
    }
  }

  @Override
  public void affine(float scale, Tensor x, float shift, Tensor out) {
    try (var _ = thread.hold()) {
      dense.affine(scale, x, shift, out);
    }
  }

  @Override
  public void clip(Tensor x, float low, float high, Tensor out) {
    try (var _ = thread.hold()) {
      dense.clip(x, low, high, out);
    }
  }

  @Override
  public void axpy(float alpha, Tensor x, Tensor y) {
    try (var _ = thread.hold()) {
      dense.axpy(alpha, x, y);
    }
  }

  @Override
  public void reduceRows(Reduction reduction, Tensor x, Tensor out) {
    try (var _ = thread.hold()) {
      dense.reduceRows(reduction, x, out);
    }
  }

  @Override
  public void reduceColumns(Reduction reduction, Tensor x, Tensor out) {
    try (var _ = thread.hold()) {
      dense.reduceColumns(reduction, x, out);
    }
  }

  @Override
  public double sum(Tensor x) {
    try (var _ = thread.hold()) {
      return dense.sum(x);
    }
  }

  @Override
  public double dot(Tensor x, Tensor y) {
    try (var _ = thread.hold()) {
      return dense.dot(x, y);
    }
  }

  @Override
  public void squaredError(Tensor prediction, Tensor target, Tensor error, Tensor loss) {
    try (var _ = thread.hold()) {
      dense.squaredError(prediction, target, error, loss);
    }
  }

  @Override
  public void softmaxCrossEntropy(Tensor logits, Tensor labels, Tensor gradient, Tensor loss) {
    try (var _ = thread.hold()) {
      dense.softmaxCrossEntropy(logits, labels, gradient, loss);
    }
  }
}
