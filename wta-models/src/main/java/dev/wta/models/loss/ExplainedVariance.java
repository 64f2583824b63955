package dev.wta.models.loss;

import dev.wta.api.op.Dense;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.models.autodiff.Loss;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.autodiff.Variable;

/** How much of a batch's variance a reconstruction explains: a number to log. */
public final class ExplainedVariance {
  private ExplainedVariance() {}

  /**
   * {@code 1 - sum of (reconstruction - x)^2 / sum of (x - mean)^2}, with the batch's own mean of
   * each input: 1 for a perfect reconstruction, 0 for one that always answers the mean. Waits for
   * the device.
   *
   * @param x {@code (samples, inputs)}
   * @param loss the reconstruction's {@link SquaredError}
   */
  public static double ofBatch(Tape tape, Variable x, Loss loss) {
    Dense dense = tape.backend().dense();
    int samples = x.shape().rows();
    Tensor sums = tape.temporary(Shape.of(x.shape().rowSize()));
    dense.reduceColumns(Dense.Reduction.SUM, x.value(), sums);
    double variance = dense.dot(x.value(), x.value()) - dense.dot(sums, sums) / samples;
    return 1 - loss.value() * samples / variance;
  }
}
