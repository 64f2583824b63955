package dev.wta.models.optimizer;

import java.util.Map;
import java.util.OptionalDouble;

/** What was not said of an optimiser, from training settings. */
final class Unsaid {
  private Unsaid() {}

  static OptionalDouble completed(OptionalDouble said, String key, Map<String, ?> settings) {
    return said.isEmpty() && settings.get(key) instanceof Number value
        ? OptionalDouble.of(value.doubleValue())
        : said;
  }
}
