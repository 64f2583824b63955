package com.example;

import dev.wta.api.tensor.Shape;
import dev.wta.data.preprocessing.Preprocessing;
import dev.wta.data.preprocessing.PreprocessingProvider;
import java.util.Map;
import java.util.Optional;

/** Each number's logarithm, for counts: {@code x} becomes {@code ln(1 + x)}. */
public record LogScale() implements Preprocessing {
  /** Reads {@code log} from a configuration, and from a run. */
  public static final PreprocessingProvider.Family FAMILY =
      new PreprocessingProvider.Family(
          "log", "log", call -> (data, before) -> new LogScale(), (_, _) -> new LogScale());

  @Override
  public void apply(float[] samples, int count, Shape sample) {
    for (int i = 0; i < count * sample.size(); i++) {
      samples[i] = (float) Math.log1p(samples[i]);
    }
  }

  @Override
  public Optional<String> irreversible() {
    return Optional.empty();
  }

  @Override
  public void invert(float[] samples, int count, Shape sample) {
    for (int i = 0; i < count * sample.size(); i++) {
      samples[i] = (float) Math.expm1(samples[i]);
    }
  }

  @Override
  public Map<String, Object> describe() {
    return Map.of("kind", "log");
  }
}
