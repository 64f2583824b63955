package com.example;

import dev.wta.api.op.Memory;
import dev.wta.models.Features;

/**
 * Hoyer's measure of sparsity (Hoyer 2004), averaged over samples: 1 for a single active feature, 0
 * where all features are equal.
 *
 * <pre>{@code (sqrt(n) - |z|_1 / |z|_2) / (sqrt(n) - 1)}</pre>
 */
public final class HoyerSparsity {
  private static final int SAMPLES_AT_ONCE = 1000;

  private HoyerSparsity() {}

  /**
   * The mean over the samples that have an active feature; NaN if none has.
   *
   * @param features {@code (samples, n)} of n above 1
   */
  public static double of(Features features) {
    Memory memory = features.backend().memory();
    double sum = 0;
    int active = 0;
    for (int from = 0; from < features.samples(); from += SAMPLES_AT_ONCE) {
      int count = Math.min(SAMPLES_AT_ONCE, features.samples() - from);
      float[] rows = memory.download(features.values().rows(from, count));
      for (int i = 0; i < count; i++) {
        double sparsity = ofSample(rows, i * features.width(), features.width());
        if (!Double.isNaN(sparsity)) {
          sum += sparsity;
          active++;
        }
      }
    }
    return sum / active;
  }

  private static double ofSample(float[] rows, int from, int width) {
    double l1 = 0;
    double squares = 0;
    for (int j = from; j < from + width; j++) {
      l1 += Math.abs(rows[j]);
      squares += (double) rows[j] * rows[j];
    }
    double root = Math.sqrt(width);
    return (root - l1 / Math.sqrt(squares)) / (root - 1);
  }
}
