package dev.wta.models.exchange.model;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Weights and codes as the families of {@link dev.wta.models.sae} name and keep them. */
final class SaeParts {
  private static final String K = "k";
  private static final String DECODER_ROWS = "decoder-rows";
  private static final String WEIGHTED = "weighted";
  private static final String THRESHOLD = "threshold";
  private static final String THRESHOLD_BATCHES = "threshold.batches";
  private static final String LOG_SCALE = "magnitude.log-scale";
  private static final String MAGNITUDE_BIAS = "magnitude.bias";
  private static final float MOST_BATCHES = 10_000;

  private SaeParts() {}

  /** The family of autoencoders with a code. */
  static String family(SaeCode code) {
    return switch (code) {
      case SaeCode.Rectified _ -> "standard";
      case SaeCode.TopK _ -> "topk";
      case SaeCode.Above _ -> "jumprelu";
      case SaeCode.OfBatch batch -> batch.prefixes() > 1 ? "matryoshka" : "batch-topk";
      case SaeCode.Gated _ -> "gated";
    };
  }

  /**
   * The settings of such a family. Losses are relative to nothing, since the variance of the
   * samples is not known.
   *
   * @param unitRows whether rows of D stay of length 1, where latents do not compete by lengths
   */
  static Map<String, Object> settings(SaeWeights weights, SaeCode code, boolean unitRows) {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("hidden", weights.latents());
    settings.put("loss-scale", "none");
    boolean weighted = false;
    switch (code) {
      case SaeCode.Rectified _, SaeCode.Gated _ -> {}
      case SaeCode.Above _ -> settings.put("threshold-form", "direct");
      case SaeCode.TopK topk -> {
        settings.put(K, topk.k());
        weighted = topk.weighted();
      }
      case SaeCode.OfBatch batch -> {
        settings.put(K, batch.k());
        weighted = batch.weighted();
        if (batch.prefixes() > 1) {
          settings.put("prefixes", batch.prefixes());
        }
      }
    }
    settings.put(DECODER_ROWS, weighted ? WEIGHTED : unitRows ? "unit" : "free");
    return settings;
  }

  /**
   * The parameters of such a family. A running threshold has the state after many batches, so that
   * it changes slowly.
   */
  static Map<String, float[]> parameters(SaeWeights weights, SaeCode code) {
    Map<String, float[]> parameters = new LinkedHashMap<>();
    parameters.put("encoder.weight", weights.encoder());
    parameters.put("encoder.bias", weights.bias());
    parameters.put("decoder.weight", weights.decoder());
    parameters.put("decoder.bias", weights.centre());
    weights.skip().ifPresent(skip -> parameters.put("skip.weight", skip));
    switch (code) {
      case SaeCode.Rectified _, SaeCode.TopK _ -> {}
      case SaeCode.Above(float[] thresholds) -> parameters.put(THRESHOLD, thresholds);
      case SaeCode.OfBatch batch -> {
        float known = batch.threshold() > 0 ? MOST_BATCHES : 0;
        parameters.put(THRESHOLD, new float[] {batch.threshold()});
        parameters.put(THRESHOLD_BATCHES, new float[] {known});
      }
      case SaeCode.Gated(float[] logScale, float[] bias) -> {
        parameters.put(LOG_SCALE, logScale);
        parameters.put(MAGNITUDE_BIAS, bias);
      }
    }
    return parameters;
  }

  /**
   * The code of a trained model, in the form of inference.
   *
   * @param family an autoencoder's or a transcoder's
   */
  static SaeCode code(
      String family, Map<String, Object> settings, Map<String, float[]> parameters) {
    boolean weighted = WEIGHTED.equals(settings.get(DECODER_ROWS));
    return switch (family.replace(TrainedSae.OF_TRANSCODERS, "")) {
      case "standard" -> new SaeCode.Rectified();
      case "topk" -> new SaeCode.TopK(whole(settings.get(K)), weighted);
      case "multi-k" ->
          new SaeCode.TopK(whole(((List<?>) settings.get("ks")).getFirst()), weighted);
      case "batch-topk" -> ofBatch(settings, parameters, weighted, 1);
      case "matryoshka" -> ofBatch(settings, parameters, weighted, whole(settings.get("prefixes")));
      case "jumprelu" -> new SaeCode.Above(thresholds(parameters));
      case "gated" -> new SaeCode.Gated(parameters.get(LOG_SCALE), parameters.get(MAGNITUDE_BIAS));
      default -> throw new IllegalArgumentException(family + " is no sparse autoencoder");
    };
  }

  private static SaeCode ofBatch(
      Map<String, Object> settings,
      Map<String, float[]> parameters,
      boolean weighted,
      int prefixes) {
    return new SaeCode.OfBatch(
        whole(settings.get(K)), parameters.get(THRESHOLD)[0], weighted, prefixes);
  }

  private static int whole(Object setting) {
    return ((Number) setting).intValue();
  }

  private static float[] thresholds(Map<String, float[]> parameters) {
    float[] logarithms = parameters.get("threshold.log");
    if (logarithms == null) {
      return parameters.get(THRESHOLD);
    }
    float[] thresholds = new float[logarithms.length];
    for (int i = 0; i < thresholds.length; i++) {
      thresholds[i] = (float) StrictMath.exp(logarithms[i]);
    }
    return thresholds;
  }
}
