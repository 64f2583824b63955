package dev.wta.api.reference;

import dev.wta.api.op.Dense;
import dev.wta.api.op.Epilogue;
import dev.wta.api.tensor.Tensor;

/** Dense operations, an element at a time; products, a term of a row at a time. */
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
    ReferenceTensor left = memory.own(a);
    ReferenceTensor right = memory.own(b);
    ReferenceTensor result = memory.own(out);
    ReferenceEpilogue finish = ReferenceEpilogue.of(epilogue, memory);
    int m = result.shape().rows();
    int n = result.shape().rowSize();
    int k = transposeA ? left.shape().rows() : left.shape().rowSize();
    float[] rows = rowMajor(right, transposeB);
    for (int i = 0; i < m; i++) {
      double[] sums = new double[n];
      for (int p = 0; p < k; p++) {
        double x = transposeA ? left.get(p, i) : left.get(i, p);
        for (int j = 0; j < n; j++) {
          sums[j] += x * rows[p * n + j];
        }
      }
      for (int j = 0; j < n; j++) {
        double value = alpha * sums[j];
        if (beta != 0) {
          value += (double) beta * result.get(i, j);
        }
        result.set(i, j, finish.apply(value, j));
      }
    }
  }

  /** The elements of {@code x}, or of its transpose, in row-major order. */
  private static float[] rowMajor(ReferenceTensor x, boolean transpose) {
    int height = x.shape().rows();
    int width = x.shape().rowSize();
    float[] elements = new float[height * width];
    for (int i = 0; i < height; i++) {
      for (int j = 0; j < width; j++) {
        elements[transpose ? j * height + i : i * width + j] = x.get(i, j);
      }
    }
    return elements;
  }

  @Override
  public void transpose(Tensor x, Tensor out) {
    ReferenceTensor from = memory.own(x);
    ReferenceTensor to = memory.own(out);
    for (int i = 0; i < from.shape().rows(); i++) {
      for (int j = 0; j < from.shape().rowSize(); j++) {
        to.set(j, i, from.get(i, j));
      }
    }
  }

  @Override
  public void map(Unary f, Tensor x, Tensor out) {
    ReferenceTensor from = memory.own(x);
    ReferenceTensor to = memory.own(out);
    for (int i = 0; i < from.count(); i++) {
      to.set(i, (float) ReferenceFunctions.apply(f, from.get(i)));
    }
  }

  @Override
  public void zip(Binary f, Tensor x, Tensor y, Tensor out) {
    ReferenceTensor first = memory.own(x);
    ReferenceTensor second = memory.own(y);
    ReferenceTensor to = memory.own(out);
    for (int i = 0; i < first.count(); i++) {
      to.set(i, (float) ReferenceFunctions.apply(f, first.get(i), second.get(i)));
    }
  }

  @Override
  public void zipRow(Binary f, Tensor x, Tensor row, Tensor out) {
    ReferenceTensor first = memory.own(x);
    ReferenceTensor second = memory.own(row);
    ReferenceTensor to = memory.own(out);
    for (int i = 0; i < first.shape().rows(); i++) {
      for (int j = 0; j < first.shape().rowSize(); j++) {
        to.set(i, j, (float) ReferenceFunctions.apply(f, first.get(i, j), second.get(j)));
      }
    }
  }

  @Override
  public void zipColumn(Binary f, Tensor x, Tensor column, Tensor out) {
    ReferenceTensor first = memory.own(x);
    ReferenceTensor second = memory.own(column);
    ReferenceTensor to = memory.own(out);
    for (int i = 0; i < first.shape().rows(); i++) {
      for (int j = 0; j < first.shape().rowSize(); j++) {
        to.set(i, j, (float) ReferenceFunctions.apply(f, first.get(i, j), second.get(i)));
      }
    }
  }

  @Override
  public void affine(float scale, Tensor x, float shift, Tensor out) {
    ReferenceTensor from = memory.own(x);
    ReferenceTensor to = memory.own(out);
    for (int i = 0; i < from.count(); i++) {
      to.set(i, (float) ((double) scale * from.get(i) + shift));
    }
  }

  @Override
  public void clip(Tensor x, float low, float high, Tensor out) {
    ReferenceTensor from = memory.own(x);
    ReferenceTensor to = memory.own(out);
    for (int i = 0; i < from.count(); i++) {
      to.set(i, Math.min(Math.max(from.get(i), low), high));
    }
  }

  @Override
  public void axpy(float alpha, Tensor x, Tensor y) {
    ReferenceTensor from = memory.own(x);
    ReferenceTensor to = memory.own(y);
    for (int i = 0; i < from.count(); i++) {
      to.set(i, (float) (to.get(i) + (double) alpha * from.get(i)));
    }
  }

  @Override
  public void reduceRows(Reduction reduction, Tensor x, Tensor out) {
    ReferenceTensor from = memory.own(x);
    ReferenceTensor to = memory.own(out);
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
    ReferenceTensor from = memory.own(x);
    ReferenceTensor to = memory.own(out);
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
    ReferenceTensor from = memory.own(x);
    double sum = 0;
    for (int i = 0; i < from.count(); i++) {
      sum += from.get(i);
    }
    return sum;
  }

  @Override
  public double dot(Tensor x, Tensor y) {
    ReferenceTensor first = memory.own(x);
    ReferenceTensor second = memory.own(y);
    double sum = 0;
    for (int i = 0; i < first.count(); i++) {
      sum += (double) first.get(i) * second.get(i);
    }
    return sum;
  }

  @Override
  public void squaredError(Tensor prediction, Tensor target, Tensor error, Tensor loss) {
    ReferenceTensor predicted = memory.own(prediction);
    ReferenceTensor wanted = memory.own(target);
    ReferenceTensor difference = memory.own(error);
    ReferenceTensor total = memory.own(loss);
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
    ReferenceTensor scores = memory.own(logits);
    ReferenceTensor classes = memory.own(labels);
    ReferenceTensor slope = memory.own(gradient);
    ReferenceTensor total = memory.own(loss);
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
