package dev.wta.eval.solver;

import dev.wta.api.backend.Backend;
import dev.wta.api.op.Dense.Binary;
import dev.wta.api.op.Dense.Reduction;
import dev.wta.api.tensor.Tensor;

/**
 * Multinomial logistic regression: {@code C sum over i of -log softmax(z_i)[label_i]}. All classes
 * are one group.
 */
public record SoftmaxLoss() implements ProbeLoss {
  @Override
  public int groups(int classes) {
    return 1;
  }

  @Override
  public Evaluation evaluate(Samples samples, double[] scores) {
    int classes = samples.classes();
    double loss = 0;
    float[] residual = new float[scores.length];
    float[] curvature = new float[scores.length];
    double[] p = new double[classes];
    for (int i = 0; i < samples.count(); i++) {
      if (!samples.used()[i]) {
        continue;
      }
      int label = samples.labels()[i];
      System.arraycopy(scores, i * classes, p, 0, classes);
      loss -= p[label] - toProbabilities(p);
      for (int k = 0; k < classes; k++) {
        residual[i * classes + k] = (float) (samples.cost() * (p[k] - (k == label ? 1 : 0)));
        curvature[i * classes + k] = (float) (samples.cost() * p[k]);
      }
    }
    return new Evaluation(new double[] {samples.cost() * loss}, residual, curvature);
  }

  @Override
  public void alongLine(
      Samples samples,
      double[] scores,
      double[] direction,
      double[] step,
      double[] slope,
      double[] curvature) {
    int classes = samples.classes();
    double first = 0;
    double second = 0;
    double[] p = new double[classes];
    for (int i = 0; i < samples.count() && !Double.isNaN(step[0]); i++) {
      if (!samples.used()[i]) {
        continue;
      }
      int row = i * classes;
      for (int k = 0; k < classes; k++) {
        p[k] = scores[row + k] + step[0] * direction[row + k];
      }
      toProbabilities(p);
      double mean = 0;
      double meanSquare = 0;
      for (int k = 0; k < classes; k++) {
        mean += p[k] * direction[row + k];
        meanSquare += p[k] * direction[row + k] * direction[row + k];
      }
      first += mean - direction[row + samples.labels()[i]];
      second += Math.max(meanSquare - mean * mean, 0);
    }
    slope[0] = samples.cost() * first;
    curvature[0] = samples.cost() * second;
  }

  @Override
  public boolean isDiagonal() {
    return false;
  }

  /** {@code C (diag(p) - p p') v}, where the curvature holds {@code C p}. */
  @Override
  public void timesSecondDerivative(
      Backend backend,
      Tensor curvature,
      Tensor change,
      double cost,
      Tensor scratch,
      Tensor perSample) {
    backend.dense().zip(Binary.MULTIPLY, change, curvature, change);
    backend.dense().reduceRows(Reduction.SUM, change, perSample);
    backend.dense().affine((float) (1 / cost), perSample, 0, perSample);
    backend.dense().zipColumn(Binary.MULTIPLY, curvature, perSample, scratch);
    backend.dense().zip(Binary.SUBTRACT, change, scratch, change);
  }

  @Override
  public double rarity(Samples samples, int group) {
    int total = 0;
    int rarest = Integer.MAX_VALUE;
    for (int count : samples.perClass()) {
      total += count;
      rarest = count == 0 ? rarest : Math.min(rarest, count);
    }
    return total == 0 ? 1 : rarest / (double) total;
  }

  /** Turns scores into probabilities in place and returns the logarithm of their normaliser. */
  static double toProbabilities(double[] scores) {
    double largest = Double.NEGATIVE_INFINITY;
    for (double score : scores) {
      largest = Math.max(largest, score);
    }
    double sum = 0;
    for (int k = 0; k < scores.length; k++) {
      scores[k] = Math.exp(scores[k] - largest);
      sum += scores[k];
    }
    for (int k = 0; k < scores.length; k++) {
      scores[k] /= sum;
    }
    return largest + Math.log(sum);
  }
}
