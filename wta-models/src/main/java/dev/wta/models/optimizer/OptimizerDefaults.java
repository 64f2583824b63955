package dev.wta.models.optimizer;

import java.util.Map;
import java.util.OptionalDouble;

/** Fills the settings that an optimiser leaves open from the training settings. */
final class OptimizerDefaults {
  private OptimizerDefaults() {}

  static OptionalDouble orDefault(OptionalDouble given, String key, Map<String, ?> settings) {
    return given.isEmpty() && settings.get(key) instanceof Number value
        ? OptionalDouble.of(value.doubleValue())
        : given;
  }
}
