package dev.wta.models.optimizer;

import java.util.Map;
import java.util.OptionalDouble;

/** Fills the settings that an optimiser leaves open from the training settings. */
final class Unsaid {
  private Unsaid() {}

  static OptionalDouble completed(OptionalDouble said, String key, Map<String, ?> settings) {
    return said.isEmpty() && settings.get(key) instanceof Number value
        ? OptionalDouble.of(value.doubleValue())
        : said;
  }
}
