package dev.wta.backend.nd4j;

import dev.wta.api.op.Dense;
import dev.wta.api.op.Epilogue;
import dev.wta.api.tensor.Tensor;
import dev.wta.backend.nd4j.memory.Nd4jMemory;
import dev.wta.backend.nd4j.memory.Nd4jTensor;
import dev.wta.backend.nd4j.memory.Scope;
import dev.wta.backend.nd4j.op.Nd4jFunctions;
import dev.wta.backend.nd4j.op.Nd4jLosses;
import dev.wta.backend.nd4j.op.Nd4jReductions;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.BooleanIndexing;
import org.nd4j.linalg.indexing.conditions.Conditions;

/** Dense operations: ND4J's float32 product, and everything else in double precision. */
final class Nd4jDense implements Dense {
  private final Nd4jMemory memory;

  Nd4jDense(Nd4jMemory memory) {
    this.memory = memory;
  }

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
    Nd4jTensor left = memory.own(a);
    Nd4jTensor right = memory.own(b);
    Nd4jTensor result = memory.own(out);
    epilogue.bias().ifPresent(memory::own);
    if (result.isEmpty()) {
      return;
    }
    INDArray product = result.matrix();
    if (left.isEmpty()) { // sums of nothing
      if (beta == 0) {
        product.assign(0);
      } else {
        try (Scope scope = new Scope()) {
          product.assign(scope.wide(product).muli(scope.number(beta)));
        }
      }
    } else {
      Nd4j.gemm(left.matrix(), right.matrix(), product, transposeA, transposeB, alpha, beta);
    }
    epilogue.bias().ifPresent(bias -> product.addi(memory.own(bias).row()));
    if (epilogue.relu()) {
      Nd4jFunctions.rectify(product);
    }
  }

  @Override
  public void transpose(Tensor x, Tensor out) {
    Nd4jTensor from = memory.own(x);
    Nd4jTensor to = memory.own(out);
    if (!from.isEmpty()) {
      to.matrix().assign(from.matrix().transpose());
    }
  }

  @Override
  public void map(Unary f, Tensor x, Tensor out) {
    compute(out, scope -> Nd4jFunctions.apply(f, scope.wide(memory.own(x).matrix()), scope), x);
  }

  @Override
  public void zip(Binary f, Tensor x, Tensor y, Tensor out) {
    compute(
        out,
        scope ->
            Nd4jFunctions.apply(
                f, scope.wide(memory.own(x).matrix()), scope.wide(memory.own(y).matrix()), scope),
        x,
        y);
  }

  @Override
  public void zipRow(Binary f, Tensor x, Tensor row, Tensor out) {
    compute(
        out,
        scope -> {
          INDArray repeated = repeat(memory.own(row), x.shape().rows(), scope);
          return Nd4jFunctions.apply(f, scope.wide(memory.own(x).matrix()), repeated, scope);
        },
        x,
        row);
  }

  @Override
  public void zipColumn(Binary f, Tensor x, Tensor column, Tensor out) {
    compute(
        out,
        scope -> {
          INDArray lying = repeat(memory.own(column), x.shape().rowSize(), scope).transpose();
          INDArray repeated = scope.keep(lying.dup('c'));
          return Nd4jFunctions.apply(f, scope.wide(memory.own(x).matrix()), repeated, scope);
        },
        x,
        column);
  }

  @Override
  public void affine(float scale, Tensor x, float shift, Tensor out) {
    compute(
        out,
        scope ->
            scope.wide(memory.own(x).matrix()).muli(scope.number(scale)).addi(scope.number(shift)),
        x);
  }

  @Override
  public void clip(Tensor x, float low, float high, Tensor out) {
    compute(
        out,
        scope -> {
          INDArray clipped = scope.wide(memory.own(x).matrix());
          BooleanIndexing.replaceWhere(clipped, low, Conditions.lessThan(low));
          BooleanIndexing.replaceWhere(clipped, high, Conditions.greaterThan(high));
          return clipped;
        },
        x);
  }

  @Override
  public void axpy(float alpha, Tensor x, Tensor y) {
    compute(
        y,
        scope ->
            scope
                .wide(memory.own(x).matrix())
                .muli(scope.number(alpha))
                .addi(scope.wide(memory.own(y).matrix())),
        x);
  }

  @Override
  public void reduceRows(Reduction reduction, Tensor x, Tensor out) {
    reduce(1, reduction, memory.own(x), memory.own(out));
  }

  @Override
  public void reduceColumns(Reduction reduction, Tensor x, Tensor out) {
    reduce(0, reduction, memory.own(x), memory.own(out));
  }

  private static void reduce(int axis, Reduction reduction, Nd4jTensor x, Nd4jTensor out) {
    if (out.isEmpty()) {
      return;
    }
    if (x.isEmpty()) {
      out.vector().assign(Nd4jReductions.ofNothing(reduction));
      return;
    }
    try (Scope scope = new Scope()) {
      out.vector().assign(Nd4jReductions.along(axis, reduction, scope.wide(x.matrix()), scope));
    }
  }

  @Override
  public double sum(Tensor x) {
    Nd4jTensor from = memory.own(x);
    if (from.isEmpty()) {
      return 0;
    }
    try (Scope scope = new Scope()) {
      return Nd4jReductions.total(scope.wide(from.vector()), scope);
    }
  }

  @Override
  public double dot(Tensor x, Tensor y) {
    Nd4jTensor first = memory.own(x);
    Nd4jTensor second = memory.own(y);
    if (first.isEmpty()) {
      return 0;
    }
    try (Scope scope = new Scope()) {
      INDArray products = scope.wide(first.vector()).muli(scope.wide(second.vector()));
      return Nd4jReductions.total(products, scope);
    }
  }

  @Override
  public void squaredError(Tensor prediction, Tensor target, Tensor error, Tensor loss) {
    Nd4jLosses.squaredError(
        memory.own(prediction), memory.own(target), memory.own(error), memory.own(loss));
  }

  @Override
  public void softmaxCrossEntropy(Tensor logits, Tensor labels, Tensor gradient, Tensor loss) {
    Nd4jLosses.softmaxCrossEntropy(
        memory.own(logits), memory.own(labels), memory.own(gradient), memory.own(loss));
  }

  /** A double-precision result of an output's matrix. */
  @FunctionalInterface
  private interface Computation {
    INDArray of(Scope scope);
  }

  /** Stores what is computed from {@code inputs}, once all operands are known to be our own. */
  private void compute(Tensor out, Computation computation, Tensor... inputs) {
    for (Tensor input : inputs) {
      memory.own(input);
    }
    Nd4jTensor result = memory.own(out);
    if (!result.isEmpty()) {
      try (Scope scope = new Scope()) {
        result.matrix().assign(computation.of(scope));
      }
    }
  }

  /** {@code times} rows, each the whole of {@code vector}. */
  private static INDArray repeat(Nd4jTensor vector, int times, Scope scope) {
    INDArray row = vector.vector().reshape('c', 1, vector.size());
    return scope.wide(scope.gather(row, new int[times]));
  }
}
