package dev.wta.reproduce;

import java.util.Map;

/**
 * What a probe judges: a trained model's features.
 *
 * @param changed settings of the model that shape its features and differ from those that it was
 *     trained with
 */
public record Representation(Recipe recipe, Map<String, Object> changed) {
  public Representation {
    changed = Map.copyOf(changed);
  }

  /** The features as the recipe has them. */
  public static Representation of(Recipe recipe) {
    return new Representation(recipe, Map.of());
  }

  /** The same with other max-pooling windows, such as {@code 11/6}. */
  public Representation pooled(String windows) {
    return new Representation(recipe, Map.of("pool", windows));
  }
}
