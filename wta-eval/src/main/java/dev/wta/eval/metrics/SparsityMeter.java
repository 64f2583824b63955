package dev.wta.eval.metrics;

import java.util.Arrays;
import java.util.List;

/** Adds up {@link SparsityMetrics} batch by batch, in double precision. */
public final class SparsityMeter {
  private final int inputs;
  private final int features;
  private final long[] activations;
  private final double[] shift;
  private final double[] sums;
  private final double[] squares;
  private double squaredError;
  private long samples;

  /** A meter for samples of {@code inputs} numbers whose codes have {@code features}. */
  public SparsityMeter(int inputs, int features) {
    this.inputs = inputs;
    this.features = features;
    activations = new long[features];
    shift = new double[inputs];
    sums = new double[inputs];
    squares = new double[inputs];
  }

  /**
   * Adds the first {@code count} samples of a batch.
   *
   * @param x {@code (count, inputs)}: what the model saw
   * @param code {@code (count, features)}
   * @param reconstruction {@code (count, inputs)}
   */
  public void add(float[] x, float[] code, float[] reconstruction, int count) {
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
      for (int u = 0; u < features; u++) {
        activations[u] += code[i * features + u] != 0 ? 1 : 0;
      }
    }
    samples += count;
  }

  /**
   * What was measured so far.
   *
   * @throws IllegalStateException before the first sample
   */
  public SparsityMetrics metrics() {
    if (samples == 0) {
      throw new IllegalStateException("no samples have been added");
    }
    double variation = 0;
    for (int j = 0; j < inputs; j++) {
      variation += squares[j] - sums[j] * sums[j] / samples;
    }
    double l0 = Arrays.stream(activations).sum() / (double) samples;
    return new SparsityMetrics(
        samples,
        features,
        l0,
        l0 / features,
        Math.toIntExact(Arrays.stream(activations).filter(active -> active == 0).count()),
        lifetimes(),
        squaredError / samples / inputs,
        variation > 0 ? 1 - squaredError / variation : Double.NaN);
  }

  private List<Integer> lifetimes() {
    Integer[] histogram = new Integer[SparsityMetrics.LIFETIME_BINS];
    Arrays.fill(histogram, 0);
    for (long active : activations) {
      int bin = (int) (active * histogram.length / samples);
      histogram[Math.min(bin, histogram.length - 1)]++;
    }
    return List.of(histogram);
  }
}
