package dev.wta.models.exchange;

import java.util.LinkedHashMap;
import java.util.Map;

/** Settings and parameters as the families of {@link dev.wta.models.sae} name them. */
final class SaeParts {
  private SaeParts() {}

  /**
   * The settings that all families share. Losses are relative to nothing, since the variance of the
   * samples is not known.
   *
   * @param rows what becomes of the lengths of the decoder's rows: {@code unit, weighted, free}
   */
  static Map<String, Object> settings(int latents, String rows) {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("hidden", latents);
    settings.put("decoder-rows", rows);
    settings.put("loss-scale", "none");
    return settings;
  }

  /** The parameters that all families share. */
  static Map<String, float[]> parameters(SaeWeights weights) {
    Map<String, float[]> parameters = new LinkedHashMap<>();
    parameters.put("encoder.weight", weights.encoder());
    parameters.put("encoder.bias", weights.bias());
    parameters.put("decoder.weight", weights.decoder());
    parameters.put("decoder.bias", weights.centre());
    return parameters;
  }
}
