package dev.wta.models;

import java.util.Map;

/**
 * A layer of an {@link FeatureExtractor} of several models: trained on the features of the one
 * below it, and frozen then.
 *
 * @param training its training settings by key, all but the seed
 */
public record ModelLayer(Model model, Map<String, Object> training) {
  public ModelLayer {
    training = Map.copyOf(training);
  }
}
