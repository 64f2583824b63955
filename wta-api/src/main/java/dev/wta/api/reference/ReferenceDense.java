package dev.wta.api.reference;

import dev.wta.api.backend.Operands;
import dev.wta.api.op.Dense;
import dev.wta.api.op.Epilogue;
import dev.wta.api.tensor.Tensor;

/** Dense operations, an element at a time. */
final class ReferenceDense implements Dense {
  private final ReferenceMemory memory;

  ReferenceDense(ReferenceMemory memory) {
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
    Operands.gemm(a, transposeA, b, transposeB, epilogue, out);
    ReferenceTensor left = memory.mine(a);
    ReferenceTensor right = memory.mine(b);
    ReferenceTensor result = memory.mine(out);
    ReferenceEpilogue finish = ReferenceEpilogue.of(epilogue, memory);
    int m = result.shape().rows();
    int n = result.shape().rowSize();
    int k = transposeA ? left.shape().rows() : left.shape().rowSize();
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        double sum = 0;
        for (int p = 0; p < k; p++) {
          float x = transposeA ? left.get(p, i) : left.get(i, p);
          float y = transposeB ? right.get(j, p) : right.get(p, j);
          sum += (double) x * y;
        }
        double value = alpha * sum;
        if (beta != 0) {
          value += (double) beta * result.get(i, j);
        }
        result.set(i, j, finish.apply(value, j));
      }
    }
  }

  @Override
  public void transpose(Tensor x, Tensor out) {
    Operands.transpose(x, out);
    ReferenceTensor from = memory.mine(x);
    ReferenceTensor to = memory.mine(out);
    for (int i = 0; i < from.shape().rows(); i++) {
      for (int j = 0; j < from.shape().rowSize(); j++) {
        to.set(j, i, from.get(i, j));
      }
    }
  }

  @Override
  public void map(Unary f, Tensor x, Tensor out) {
    Operands.map("map", x, out);
    ReferenceTensor from = memory.mine(x);
    ReferenceTensor to = memory.mine(out);
    for (int i = 0; i < from.count(); i++) {
      to.set(i, (float) ReferenceFunctions.apply(f, from.get(i)));
    }
  }

  @Override
  public void zip(Binary f, Tensor x, Tensor y, Tensor out) {
    Operands.zip(x, y, out);
    ReferenceTensor first = memory.mine(x);
    ReferenceTensor second = memory.mine(y);
    ReferenceTensor to = memory.mine(out);
    for (int i = 0; i < first.count(); i++) {
      to.set(i, (float) ReferenceFunctions.apply(f, first.get(i), second.get(i)));
    }
  }

  @Override
  public void zipRow(Binary f, Tensor x, Tensor row, Tensor out) {
    Operands.zipRow(x, row, out);
    ReferenceTensor first = memory.mine(x);
    ReferenceTensor second = memory.mine(row);
    ReferenceTensor to = memory.mine(out);
    for (int i = 0; i < first.shape().rows(); i++) {
      for (int j = 0; j < first.shape().rowSize(); j++) {
        to.set(i, j, (float) ReferenceFunctions.apply(f, first.get(i, j), second.get(j)));
      }
    }
  }

  @Override
  public void zipColumn(Binary f, Tensor x, Tensor column, Tensor out) {
    Operands.zipColumn(x, column, out);
    ReferenceTensor first = memory.mine(x);
    ReferenceTensor second = memory.mine(column);
    ReferenceTensor to = memory.mine(out);
    for (int i = 0; i < first.shape().rows(); i++) {
      for (int j = 0; j < first.shape().rowSize(); j++) {
        to.set(i, j, (float) ReferenceFunctions.apply(f, first.get(i, j), second.get(i)));
      }
    }
  }

  @Override
  public void affine(float scale, Tensor x, float shift, Tensor out) {
    Operands.map("affine", x, out);
    ReferenceTensor from = memory.mine(x);
    ReferenceTensor to = memory.mine(out);
    for (int i = 0; i < from.count(); i++) {
      to.set(i, (float) ((double) scale * from.get(i) + shift));
    }
  }

  @Override
  public void clip(Tensor x, float low, float high, Tensor out) {
    Operands.map("clip", x, out);
    ReferenceTensor from = memory.mine(x);
    ReferenceTensor to = memory.mine(out);
    for (int i = 0; i < from.count(); i++) {
      to.set(i, Math.min(Math.max(from.get(i), low), high));
    }
  }

  @Override
  public void axpy(float alpha, Tensor x, Tensor y) {
    Operands.axpy(x, y);
    ReferenceTensor from = memory.mine(x);
    ReferenceTensor to = memory.mine(y);
    for (int i = 0; i < from.count(); i++) {
      to.set(i, (float) (to.get(i) + (double) alpha * from.get(i)));
    }
  }

  @Override
  public void reduceRows(Reduction reduction, Tensor x, Tensor out) {
    Operands.reduceRows(x, out);
    ReferenceTensor from = memory.mine(x);
    ReferenceTensor to = memory.mine(out);
    for (int i = 0; i < from.shape().rows(); i++) {
      double reduced = ReferenceFunctions.empty(reduction);
      for (int j = 0; j < from.shape().rowSize(); j++) {
        reduced = ReferenceFunctions.reduce(reduction, reduced, from.get(i, j));
      }
      to.set(i, (float) reduced);
    }
  }

  @Override
  public void reduceColumns(Reduction reduction, Tensor x, Tensor out) {
    Operands.reduceColumns(x, out);
    ReferenceTensor from = memory.mine(x);
    ReferenceTensor to = memory.mine(out);
    for (int j = 0; j < from.shape().rowSize(); j++) {
      double reduced = ReferenceFunctions.empty(reduction);
      for (int i = 0; i < from.shape().rows(); i++) {
        reduced = ReferenceFunctions.reduce(reduction, reduced, from.get(i, j));
      }
      to.set(j, (float) reduced);
    }
  }

  @Override
  public double sum(Tensor x) {
    Operands.sum(x);
    ReferenceTensor from = memory.mine(x);
    double sum = 0;
    for (int i = 0; i < from.count(); i++) {
      sum += from.get(i);
    }
    return sum;
  }

  @Override
  public double dot(Tensor x, Tensor y) {
    Operands.dot(x, y);
    ReferenceTensor first = memory.mine(x);
    ReferenceTensor second = memory.mine(y);
    double sum = 0;
    for (int i = 0; i < first.count(); i++) {
      sum += (double) first.get(i) * second.get(i);
    }
    return sum;
  }

  @Override
  public void squaredError(Tensor prediction, Tensor target, Tensor error, Tensor loss) {
    Operands.squaredError(prediction, target, error, loss);
    ReferenceTensor predicted = memory.mine(prediction);
    ReferenceTensor wanted = memory.mine(target);
    ReferenceTensor difference = memory.mine(error);
    ReferenceTensor total = memory.mine(loss);
    double sum = 0;
    for (int i = 0; i < predicted.count(); i++) {
      float e = predicted.get(i) - wanted.get(i);
      difference.set(i, e);
      sum += (double) e * e;
    }
    total.set(0, (float) sum);
  }

  @Override
  public void softmaxCrossEntropy(Tensor logits, Tensor labels, Tensor gradient, Tensor loss) {
    Operands.softmaxCrossEntropy(logits, labels, gradient, loss);
    ReferenceTensor scores = memory.mine(logits);
    ReferenceTensor classes = memory.mine(labels);
    ReferenceTensor slope = memory.mine(gradient);
    ReferenceTensor total = memory.mine(loss);
    double sum = 0;
    for (int i = 0; i < scores.shape().rows(); i++) {
      sum += softmaxRow(scores, i, classes.get(i), slope);
    }
    total.set(0, (float) sum);
  }

  /** One sample's loss; its gradient goes to row {@code i} of {@code slope}. */
  private static double softmaxRow(
      ReferenceTensor scores, int i, float wanted, ReferenceTensor slope) {
    int classes = scores.shape().rowSize();
    int label = (int) wanted;
    if (label != wanted || label < 0 || label >= classes) { // no class
      for (int j = 0; j < classes; j++) {
        slope.set(i, j, Float.NaN);
      }
      return Double.NaN;
    }
    double largest = Double.NEGATIVE_INFINITY;
    for (int j = 0; j < classes; j++) {
      largest = Math.max(largest, scores.get(i, j));
    }
    double labelScore = scores.get(i, label) - largest;
    double partition = 0;
    for (int j = 0; j < classes; j++) {
      partition += Math.exp(scores.get(i, j) - largest); // at most 1 each: nothing overflows
    }
    for (int j = 0; j < classes; j++) {
      double probability = Math.exp(scores.get(i, j) - largest) / partition;
      slope.set(i, j, (float) (j == label ? probability - 1 : probability));
    }
    return Math.log(partition) - labelScore;
  }
}
