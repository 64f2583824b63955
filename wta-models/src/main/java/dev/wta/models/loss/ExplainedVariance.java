package dev.wta.models.loss;

import dev.wta.api.op.Dense;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.models.autodiff.Loss;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.autodiff.Variable;
import java.util.Arrays;

/**
 * How much of the samples' variance reconstructions explain, added up batch by batch in double
 * precision: {@code 1 - sum |x - x^|^2 / sum |x - mean|^2}, with the samples' own mean of each
 * input. It is 1 for perfect reconstructions, and 0 for those that always answer the mean.
 */
public final class ExplainedVariance {
  private final int inputs;
  private final double[] shift;
  private final double[] sums;
  private final double[] squares;
  private double squaredError;
  private long samples;

  /** Of no samples yet, which have so many inputs. */
  public ExplainedVariance(int inputs) {
    this.inputs = inputs;
    shift = new double[inputs];
    sums = new double[inputs];
    squares = new double[inputs];
  }

  /**
   * Adds the first {@code count} samples of a batch.
   *
   * @param x {@code (count, inputs)}
   * @param reconstruction {@code (count, inputs)}
   */
  public void add(float[] x, float[] reconstruction, int count) {
    if (samples == 0 && count > 0) {
      // Moments about the first sample: about 0, a mean far from 0 would cancel them away.
      Arrays.setAll(shift, j -> x[j]);
    }
    for (int i = 0; i < count; i++) {
      for (int j = 0; j < inputs; j++) {
        double value = x[i * inputs + j];
        double error = value - reconstruction[i * inputs + j];
        squaredError += error * error;
        sums[j] += value - shift[j];
        squares[j] += (value - shift[j]) * (value - shift[j]);
      }
    }
    samples += count;
  }

  /** {@code sum |x - x^|^2 / (samples * inputs)}; NaN without samples. */
  public double meanSquaredError() {
    return squaredError / samples / inputs;
  }

  /** The explained part; NaN where the samples do not vary, or there are none. */
  public double value() {
    double variation = 0;
    for (int j = 0; j < inputs; j++) {
      variation += squares[j] - sums[j] * sums[j] / samples;
    }
    return variation > 0 ? 1 - squaredError / variation : Double.NaN;
  }

  /**
   * The explained part of a single batch, measured on the device: a number to log. Waits for it.
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
