package dev.wta.data.preprocessing;

import dev.wta.api.tensor.Shape;
import java.util.Map;

/**
 * Brings each sample to the L2 norm 1: {@code x / sqrt(sum of x^2)} over all its values. A sample
 * of zeros stays as it is.
 */
public record L2Normalise() implements Preprocessing {
  static final String KIND = "l2";

  @Override
  public void apply(float[] samples, int count, Shape sample) {
    int width = Math.toIntExact(sample.size());
    for (int start = 0; start < count * width; start += width) {
      double squares = 0;
      for (int i = start; i < start + width; i++) {
        squares += (double) samples[i] * samples[i];
      }
      double length = Math.sqrt(squares);
      for (int i = start; length > 0 && i < start + width; i++) {
        samples[i] = (float) (samples[i] / length);
      }
    }
  }

  @Override
  public Map<String, Object> describe() {
    return Map.of("kind", KIND);
  }
}
