package dev.wta.data.preprocessing;

import dev.wta.api.tensor.Shape;
import java.util.Map;
import java.util.Optional;

/** Divides every value by one number: 255 brings pictures of bytes to [0, 1]. */
public record Scaling(float divisor) implements Preprocessing {
  public Scaling {
    if (!(Math.abs(divisor) > 0) || Float.isInfinite(divisor)) {
      throw new IllegalArgumentException("values cannot be scaled by dividing them by " + divisor);
    }
  }

  @Override
  public void apply(float[] samples, int count, Shape sample) {
    int length = Math.multiplyExact(count, Math.toIntExact(sample.size()));
    for (int i = 0; i < length; i++) {
      samples[i] /= divisor;
    }
  }

  @Override
  public Optional<String> irreversible() {
    return Optional.empty();
  }

  @Override
  public void invert(float[] samples, int count, Shape sample) {
    int length = Math.multiplyExact(count, Math.toIntExact(sample.size()));
    for (int i = 0; i < length; i++) {
      samples[i] *= divisor;
    }
  }

  @Override
  public Map<String, Object> describe() {
    return Map.of("kind", "scale", "divisor", (double) divisor);
  }
}
