package dev.wta.backend.cpu.vector;

import static dev.wta.backend.cpu.vector.Lanes.DOUBLES;
import static dev.wta.backend.cpu.vector.Lanes.HALF_COUNT;
import static dev.wta.backend.cpu.vector.Lanes.HALF_FLOATS;

import java.util.Arrays;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** Losses together with their gradients, over runs of elements or rows. */
public final class LossKernels {
  private LossKernels() {}

  /**
   * {@code error = prediction - target}; returns the sum of {@code error^2} in double precision.
   */
  public static double squaredError(
      float[] prediction,
      int from,
      float[] target,
      int targetFrom,
      float[] error,
      int to,
      int length) {
    DoubleVector sums = DoubleVector.zero(DOUBLES);
    int bound = length & -HALF_COUNT;
    int i = 0;
    for (; i < bound; i += HALF_COUNT) {
      FloatVector difference =
          FloatVector.fromArray(HALF_FLOATS, prediction, from + i)
              .sub(FloatVector.fromArray(HALF_FLOATS, target, targetFrom + i));
      difference.intoArray(error, to + i);
      DoubleVector wide = (DoubleVector) difference.convertShape(VectorOperators.F2D, DOUBLES, 0);
      sums = wide.fma(wide, sums);
    }
    double sum = LaneSums.of(sums);
    for (; i < length; i++) {
      float difference = prediction[from + i] - target[targetFrom + i];
      error[to + i] = difference;
      sum += (double) difference * difference;
    }
    return sum;
  }

  /**
   * One sample's cross-entropy: {@code gradient = softmax(logits) - onehot(label)}; returns {@code
   * -log softmax(logits)[label]}. The largest logit is subtracted first, so that nothing overflows.
   * A label that is no class makes both NaN.
   */
  public static double softmaxCrossEntropy(
      float[] logits, int from, float wanted, float[] gradient, int to, int classes) {
    int label = (int) wanted;
    if (label != wanted || label < 0 || label >= classes) {
      Arrays.fill(gradient, to, to + classes, Float.NaN);
      return Double.NaN;
    }
    double maximum = Double.NEGATIVE_INFINITY;
    for (int c = 0; c < classes; c++) {
      maximum = Math.max(maximum, logits[from + c]);
    }
    double sum = 0;
    for (int c = 0; c < classes; c++) {
      sum += Math.exp(logits[from + c] - maximum);
    }
    double labelLogit = logits[from + label];
    for (int c = 0; c < classes; c++) {
      double probability = Math.exp(logits[from + c] - maximum) / sum;
      gradient[to + c] = (float) (c == label ? probability - 1 : probability);
    }
    return Math.log(sum) + (maximum - labelLogit); // in that order: a huge maximum drowns the rest
  }
}
