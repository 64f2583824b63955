package dev.wta.models.loss;

import dev.wta.api.op.Dense;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.models.autodiff.Loss;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.autodiff.Variable;
import java.util.Arrays;

/**
 * The explained variance of reconstructions, accumulated batch by batch in double precision: {@code
 * 1 - sum |x - x^|^2 / sum |x - mean|^2}, with the samples' own mean of each input. It is 1 for
 * perfect reconstructions, and 0 for reconstructions that are always the mean.
 *
 * <p>{@link #legacy} is the older measure that SAELens calls so.
 */
public final class ExplainedVariance {
  private final int inputs;
  private final double[] shift;
  private final double[] sums;
  private final double[] squares;
  private double squaredError;
  private long samples;
  private double ratios;
  private long varyingSamples;

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
    addRatios(x, reconstruction, count);
  }

  private void addRatios(float[] x, float[] reconstruction, int count) {
    double[] mean = new double[inputs];
    for (int i = 0; i < count; i++) {
      for (int j = 0; j < inputs; j++) {
        mean[j] += (double) x[i * inputs + j] / count;
      }
    }
    for (int i = 0; i < count; i++) {
      double error = 0;
      double variation = 0;
      for (int j = 0; j < inputs; j++) {
        double value = x[i * inputs + j];
        error += Math.pow(value - reconstruction[i * inputs + j], 2);
        variation += Math.pow(value - mean[j], 2);
      }
      if (variation > 0) {
        ratios += error / variation;
        varyingSamples++;
      }
    }
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
   * SAELens' {@code explained_variance_legacy}: the mean over samples of {@code 1 - |x - x^|^2 / |x
   * - mean|^2}, where {@code mean} is that of the sample's batch, so that it depends on how samples
   * are divided into batches. A sample that is its batch's mean has no ratio and is left out; NaN
   * where there is no other.
   */
  public double legacy() {
    return 1 - ratios / varyingSamples;
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
