package dev.wta.reproduce;

import dev.wta.api.random.Seed;
import dev.wta.eval.scaling.FeatureScaling;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The features that a probe is fitted to: a trained model's features.
 *
 * @param scaling the scaling of the features for the SVM
 * @param changed settings of the model that shape its features and differ from those that it was
 *     trained with
 */
public record Representation(Recipe recipe, Map<String, Object> changed, FeatureScaling scaling) {
  public Representation {
    changed = Map.copyOf(changed);
  }

  /** The features as the recipe has them. */
  public static Representation of(Recipe recipe) {
    return new Representation(recipe, Map.of(), FeatureScaling.MEAN_NORM);
  }

  /** All that the features depend on besides the data, as JSON has it. */
  public Map<String, Object> at(ExperimentScale scale, Seed seed) {
    Recipe.Filled filled = recipe.at(scale, seed);
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("run", recipe.name());
    all.put("family", recipe.family());
    all.put("model", filled.model());
    all.put("training", filled.training());
    all.put("changed", changed);
    all.put("scaling", scaling.toString());
    return all;
  }

  /** The same with other max-pooling windows, such as {@code 11/6}. */
  public Representation pooled(String windows) {
    return changing("pool", windows);
  }

  /** The features of all layers of a stack, side by side. */
  public Representation ofAllLayers() {
    return changing("features", "all");
  }

  private Representation changing(String key, Object value) {
    Map<String, Object> more = new LinkedHashMap<>(changed);
    more.put(key, value);
    return new Representation(recipe, more, scaling);
  }

  /** The same, scaled otherwise. */
  public Representation scaled(FeatureScaling other) {
    return new Representation(recipe, changed, other);
  }
}
