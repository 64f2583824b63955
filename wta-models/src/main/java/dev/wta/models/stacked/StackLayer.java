package dev.wta.models.stacked;

import dev.wta.api.WtaException;
import dev.wta.models.ModelFamilies;
import dev.wta.models.ModelFamily;
import dev.wta.models.Preset;
import dev.wta.models.training.RunSettings;
import dev.wta.models.training.TrainingSettings;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The configuration of a layer of a stack: {@code model: conv-wta}, perhaps {@code preset:
 * mnist-16}, and settings of that model and of its training.
 *
 * @param name of the model's family
 * @param settings the model's and the training's, all but the seed, which is the stack's
 */
record StackLayer(String name, RunSettings settings) {
  static final String MODEL = "model";
  private static final String PRESET = "preset";

  /**
   * Reads what {@link #toMap} writes, or a part of it.
   *
   * @param given values by key: strings, or what JSON and YAML have
   */
  static StackLayer parse(Map<?, ?> given) {
    if (given.get(MODEL) == null) {
      throw new WtaException("it names no model", "write 'model: conv-wta', for example");
    }
    ModelFamily family = ModelFamilies.named(given.get(MODEL).toString());
    if (family.trainsByLayer()) {
      throw new WtaException(
          "%s is a list of layers itself".formatted(family.name()),
          "write its layers into the one list");
    }
    if (family.transcodes()) {
      throw new WtaException(
          "%s reconstructs a target, and a layer of a stack has none".formatted(family.name()),
          "take the autoencoder with that code");
    }
    Map<String, Object> settings = new LinkedHashMap<>();
    if (given.get(PRESET) != null) {
      settings.putAll(Preset.named(given.get(PRESET).toString(), family).settings());
    }
    given.forEach(
        (key, value) -> {
          if (!key.equals(MODEL) && !key.equals(PRESET)) {
            settings.put(key.toString(), value);
          }
        });
    return new StackLayer(family.name(), RunSettings.specOfLayer(family).parse(settings));
  }

  ModelFamily family() {
    return ModelFamilies.named(name);
  }

  /** Everything about the layer, in one map. */
  Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put(MODEL, name);
    map.putAll(RunSettings.specOfLayer(family()).toMap(settings));
    return map;
  }

  /** The training settings, by key. */
  Map<String, Object> training() {
    return TrainingSettings.ofLayer(family()).toMap(settings.training());
  }
}
