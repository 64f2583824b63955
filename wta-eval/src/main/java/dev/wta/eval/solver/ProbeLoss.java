package dev.wta.eval.solver;

import dev.wta.api.backend.Backend;
import dev.wta.api.tensor.Tensor;

/**
 * The loss of a linear probe: a convex function of a sample's scores {@code (classes)}. The classes
 * fall into groups of equal size: classes of different groups never share a term, so each group's
 * weights are minimised on their own.
 *
 * <p>Scores, residuals and curvatures are {@code (samples, classes)}, row-major.
 */
public sealed interface ProbeLoss permits SquaredHinge, SoftmaxLoss {

  /** The number of groups that {@code classes} classes fall into. */
  int groups(int classes);

  /** The loss and its derivatives at {@code scores}. */
  Evaluation evaluate(Samples samples, double[] scores);

  /**
   * The derivatives of the loss along the line {@code scores + step * direction}, at one step a
   * group.
   *
   * @param step {@code (groups)}; a group whose step is NaN is left out
   * @param slope {@code (groups)}: overwritten with the first derivative by the step
   * @param curvature {@code (groups)}: overwritten with the second
   */
  void alongLine(
      Samples samples,
      double[] scores,
      double[] direction,
      double[] step,
      double[] slope,
      double[] curvature);

  /**
   * Whether a score's slope changes with that score alone. The second derivative times a change is
   * then the {@link Evaluation#curvature} times the change, score by score.
   */
  boolean isDiagonal();

  /**
   * {@code change} becomes the loss's second derivative times {@code change}, for a block of
   * samples on the backend.
   *
   * @param curvature the block's rows of {@link Evaluation#curvature}
   * @param change {@code (samples, classes)}
   * @param cost the C of {@link Samples}
   * @param scratch as {@code change}
   * @param perSample scratch, {@code (samples)}
   */
  void timesSecondDerivative(
      Backend backend,
      Tensor curvature,
      Tensor change,
      double cost,
      Tensor scratch,
      Tensor perSample);

  /**
   * The part of the samples that a group's rarest outcome makes up. A rare outcome contributes
   * little to the gradient, so the solver asks for a gradient that much smaller.
   */
  double rarity(Samples samples, int group);

  /**
   * What is fitted: labels, and what a unit of loss costs.
   *
   * @param labels the class of each sample
   * @param used which samples count; the others are scored but cost nothing
   * @param classes the number of classes
   * @param cost C, the weight of the loss against the regulariser
   */
  @SuppressWarnings("ArrayRecordComponent") // a carrier of columns, never compared
  record Samples(int[] labels, boolean[] used, int classes, double cost) {
    public int count() {
      return labels.length;
    }

    public Samples at(double newCost) {
      return new Samples(labels, used, classes, newCost);
    }

    /** How many used samples there are of each class. */
    int[] perClass() {
      int[] counts = new int[classes];
      for (int i = 0; i < labels.length; i++) {
        counts[labels[i]] += used[i] ? 1 : 0;
      }
      return counts;
    }
  }

  /**
   * A loss at one point.
   *
   * @param loss {@code (groups)}: C times the sum over the samples
   * @param residual the loss's derivative with respect to the scores
   * @param curvature what {@link #timesSecondDerivative} needs of the second derivative; a sample
   *     whose curvature is 0 for all classes has a residual of 0
   */
  @SuppressWarnings("ArrayRecordComponent") // a carrier of columns, never compared
  record Evaluation(double[] loss, float[] residual, float[] curvature) {}
}
