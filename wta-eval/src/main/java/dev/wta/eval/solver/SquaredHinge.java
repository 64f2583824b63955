package dev.wta.eval.solver;

import dev.wta.api.backend.Backend;
import dev.wta.api.op.Dense.Binary;
import dev.wta.api.tensor.Tensor;
import java.util.Arrays;

/**
 * One class against the rest, for each class: {@code C sum over i of max(0, 1 - y_i z_i)^2}, where
 * {@code y_i} is 1 for the class's samples and -1 for the rest. LIBLINEAR's {@code L2R_L2LOSS_SVC}.
 * A class is a group.
 */
public record SquaredHinge() implements ProbeLoss {
  @Override
  public int groups(int classes) {
    return classes;
  }

  @Override
  public Evaluation evaluate(Samples samples, double[] scores) {
    int classes = samples.classes();
    double[] loss = new double[classes];
    float[] residual = new float[scores.length];
    float[] curvature = new float[scores.length];
    double slope = -2 * samples.cost();
    float second = (float) (2 * samples.cost());
    for (int i = 0; i < samples.count(); i++) {
      if (!samples.used()[i]) {
        continue;
      }
      for (int k = 0; k < classes; k++) {
        int at = i * classes + k;
        double side = samples.labels()[i] == k ? 1 : -1;
        double missing = 1 - side * scores[at];
        if (missing > 0) {
          loss[k] += samples.cost() * missing * missing;
          residual[at] = (float) (slope * side * missing);
          curvature[at] = second;
        }
      }
    }
    return new Evaluation(loss, residual, curvature);
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
    Arrays.fill(slope, 0);
    Arrays.fill(curvature, 0);
    for (int i = 0; i < samples.count(); i++) {
      if (!samples.used()[i]) {
        continue;
      }
      for (int k = 0; k < classes; k++) {
        int at = i * classes + k;
        double side = samples.labels()[i] == k ? 1 : -1;
        double missing = 1 - side * (scores[at] + step[k] * direction[at]);
        if (missing > 0) { // never for a step of NaN
          slope[k] -= missing * side * direction[at];
          curvature[k] += direction[at] * direction[at];
        }
      }
    }
    for (int k = 0; k < classes; k++) {
      slope[k] *= 2 * samples.cost();
      curvature[k] *= 2 * samples.cost();
    }
  }

  @Override
  public boolean isDiagonal() {
    return true;
  }

  @Override
  public void timesSecondDerivative(
      Backend backend,
      Tensor curvature,
      Tensor change,
      double cost,
      Tensor scratch,
      Tensor perSample) {
    backend.dense().zip(Binary.MULTIPLY, change, curvature, change);
  }

  @Override
  public double rarity(Samples samples, int group) {
    int total = 0;
    for (int count : samples.perClass()) {
      total += count;
    }
    int own = samples.perClass()[group];
    return Math.max(Math.min(own, total - own), 1) / (double) Math.max(total, 1);
  }
}
