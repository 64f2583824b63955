package dev.wta.data;

import dev.wta.api.Shape;
import java.util.Arrays;
import java.util.Map;

/**
 * Subtracts the training set's mean sample, so that every input is zero on average: {@code x -
 * mean}.
 */
public final class Center implements Preprocessing {
  static final String KIND = "center";
  static final String MEAN = "mean";
  private static final int FITTING_BATCH = 1024;

  private final float[] mean;

  /**
   * @param mean {@code (sample)}, copied
   */
  public Center(float[] mean) {
    this.mean = mean.clone();
  }

  /** The mean of all samples after {@code before}, summed in double precision. */
  static Center fit(Dataset data, Preprocessing before) {
    double[] sums = new double[Math.toIntExact(data.sampleShape().size())];
    try (Batches batches = Batches.inOrder(data, Math.min(FITTING_BATCH, data.size()))) {
      Batch batch = batches.newBatch();
      while (batches.next(batch)) {
        before.apply(batch.values(), batch.count(), data.sampleShape());
        for (int i = 0; i < batch.count() * sums.length; i++) {
          sums[i % sums.length] += batch.values()[i];
        }
      }
    }
    float[] mean = new float[sums.length];
    for (int i = 0; i < mean.length; i++) {
      mean[i] = (float) (sums[i] / data.size());
    }
    return new Center(mean);
  }

  @Override
  public void apply(float[] samples, int count, Shape sample) {
    PreprocessingKind.requireFittedTo(this, mean.length, sample);
    for (int row = 0; row < count; row++) {
      int start = row * mean.length;
      for (int i = 0; i < mean.length; i++) {
        samples[start + i] -= mean[i];
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
