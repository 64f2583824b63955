package dev.wta.models.stacked;

import dev.wta.api.WtaException;
import dev.wta.models.ModelFamilies;
import dev.wta.models.ModelFamily;
import dev.wta.models.ModelSettings;
import dev.wta.models.Preset;
import dev.wta.models.settings.SettingsSpec;
import dev.wta.models.training.RunSettings;
import dev.wta.models.training.TrainingSettings;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;

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
   * A layer of such models.
   *
   * @param training makes the settings of its training from its family's defaults
   * @throws WtaException if such a model, or such a training, cannot be a layer's
   */
  static StackLayer of(ModelSettings<?, ?> model, UnaryOperator<TrainingSettings> training) {
    ModelFamily family = requireLayer(model.family());
    SettingsSpec<TrainingSettings> spec = TrainingSettings.ofLayer(family);
    TrainingSettings changed = training.apply(spec.defaults());
    if (!spec.parse(spec.toMap(changed)).equals(changed)) {
      throw new WtaException(
          "the training of a layer sets what layers lack, such as a seed or patches of its own",
          "leave them out: the stack has one seed, and no layer has patches' features");
    }
    return new StackLayer(family.name(), new RunSettings(model, changed));
  }

  /**
   * Reads what {@link #toMap} writes, or a part of it.
   *
   * @param given values by key: strings, or what JSON and YAML have
   */
  static StackLayer parse(Map<?, ?> given) {
    if (given.get(MODEL) == null) {
      throw new WtaException("it names no model", "write 'model: conv-wta', for example");
    }
    ModelFamily family = requireLayer(ModelFamilies.named(given.get(MODEL).toString()));
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

  private static ModelFamily requireLayer(ModelFamily family) {
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
    return family;
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
