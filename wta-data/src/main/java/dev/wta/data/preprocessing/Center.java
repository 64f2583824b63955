package dev.wta.data.preprocessing;

import dev.wta.api.ProgressListener;
import dev.wta.api.tensor.Shape;
import dev.wta.data.Dataset;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/**
 * Subtracts the training set's mean sample, so that every input is zero on average: {@code x -
 * mean}.
 */
public final class Center implements Preprocessing {
  static final String KIND = "center";
  static final String MEAN = "mean";

  private final float[] mean;

  /**
   * @param mean {@code (sample)}, copied
   */
  public Center(float[] mean) {
    this.mean = mean.clone();
  }

  /** The mean of all samples after {@code before}. */
  static Center fit(Dataset data, Preprocessing before, ProgressListener listener) {
    return new Center(mean(data, before, listener));
  }

  /** The mean sample after {@code before}, summed in double precision. */
  static float[] mean(Dataset data, Preprocessing before, ProgressListener listener) {
    double[] sums = new double[Math.toIntExact(data.sampleShape().size())];
    FittingPass.over(
        data,
        before,
        "taking the mean",
        listener,
        (samples, count) -> {
          for (int start = 0; start < count * sums.length; start += sums.length) {
            for (int i = 0; i < sums.length; i++) {
              sums[i] += samples[start + i];
            }
          }
        });
    float[] mean = new float[sums.length];
    for (int i = 0; i < mean.length; i++) {
      mean[i] = (float) (sums[i] / data.size());
    }
    return mean;
  }

  @Override
  public void apply(float[] samples, int count, Shape sample) {
    addMean(-1, samples, count, sample);
  }

  @Override
  public Optional<String> irreversible() {
    return Optional.empty();
  }

  @Override
  public void invert(float[] samples, int count, Shape sample) {
    addMean(1, samples, count, sample);
  }

  private void addMean(float times, float[] samples, int count, Shape sample) {
    PreprocessingKind.requireFittedTo(this, mean.length, sample);
    for (int row = 0; row < count; row++) {
      int start = row * mean.length;
      for (int i = 0; i < mean.length; i++) {
        samples[start + i] += times * mean[i];
      }
    }
  }

  @Override
  public Map<String, Object> describe() {
    return Map.of("kind", KIND);
  }

  @Override
  public Map<String, float[]> tensors() {
    return Map.of(MEAN, mean.clone());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Center center && Arrays.equals(mean, center.mean);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(mean);
  }

  @Override
  public String toString() {
    return "center on a mean of " + mean.length + " numbers";
  }
}
