package dev.wta.reproduce;

import dev.wta.api.random.Seed;
import dev.wta.models.ModelFamilies;
import dev.wta.models.ModelFamily;
import dev.wta.models.training.RunSettings;
import dev.wta.models.training.TrainingSettings;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The settings by which a model is trained. Tables that name the same recipe share its run.
 *
 * @param name of its run: unlike that of every other recipe
 * @param family of the model, such as {@code conv-wta}
 * @param settings of the model and of its training, as {@code --set} has them; what is not set
 *     takes the family's default
 */
public record Recipe(String name, String family, PerScale<Map<String, Object>> settings) {

  /** A recipe whose settings are the same at every scale, until {@link #with} says otherwise. */
  public static Recipe of(String name, String family, Map<String, Object> settings) {
    return new Recipe(name, family, PerScale.same(Map.copyOf(settings)));
  }

  /** The same with another setting, given for each scale. */
  public Recipe with(String key, Object smoke, Object small, Object full) {
    return new Recipe(
        name,
        family,
        new PerScale<>(
            plus(settings.smoke(), key, smoke),
            plus(settings.small(), key, small),
            plus(settings.full(), key, full)));
  }

  /** The recipe at one scale and seed, its defaults filled in. */
  Filled at(ExperimentScale scale, Seed seed) {
    ModelFamily model = ModelFamilies.named(family);
    Map<String, Object> all = new LinkedHashMap<>(settings.at(scale));
    all.putIfAbsent(TrainingSettings.SEED, seed.value());
    return new Filled(model, RunSettings.spec(model).parse(all));
  }

  /**
   * All that a training depends on besides its data.
   *
   * @param settings the model's and its training's
   */
  record Filled(ModelFamily family, RunSettings settings) {

    /** The model's settings, by key. */
    Map<String, Object> model() {
      return settings.model().toMap();
    }

    /** The training settings, the seed among them, by key. */
    Map<String, Object> training() {
      return TrainingSettings.of(family).toMap(settings.training());
    }
  }

  private static Map<String, Object> plus(Map<String, Object> before, String key, Object value) {
    Map<String, Object> all = new LinkedHashMap<>(before);
    all.put(key, value);
    return all;
  }
}
