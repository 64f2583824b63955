package dev.wta.models.exchange;

import dev.wta.api.WtaException;
import dev.wta.data.preprocessing.L2Normalise;
import dev.wta.data.preprocessing.Standardise;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Models of SAELens: {@code cfg.json} and {@code sae_weights.safetensors}, with {@code W_enc
 * (inputs, latents)}, {@code W_dec (latents, inputs)}, {@code b_dec} and, by architecture, {@code
 * b_enc}; {@code threshold}; {@code topk_threshold}; {@code b_gate, r_mag, b_mag}.
 *
 * <p>Codes are those that SAELens' {@code SAE.encode} computes, for batchtopk and matryoshka those
 * of the inference model that it makes of them: every activation above the threshold.
 */
final class SaeLensReader {
  private static final double LAYER_NORM_EPSILON = 1e-5;
  private static final float MOST_BATCHES = 10_000;

  private final SaeLensConfig config;
  private final List<String> notes = new ArrayList<>();
  private final Map<String, Object> settings;
  private double factor = 1;

  private SaeLensReader(SaeLensConfig config) {
    this.config = config;
    settings = SaeParts.settings(config.latents(), config.weighsLengths() ? "weighted" : "free");
  }

  static ImportedSae read(Path folder) {
    return new SaeLensReader(SaeLensConfig.read(folder.resolve("cfg.json"))).readFrom(folder);
  }

  private ImportedSae readFrom(Path folder) {
    ImportedSae.Normalisation normalisation = normalisation(folder);
    if (config.flattensHeads()) {
      notes.add("samples are the flattened heads of hook_z");
    }
    Map<String, float[]> parameters;
    String family;
    try (ForeignTensors tensors = ForeignTensors.open(folder.resolve("sae_weights.safetensors"))) {
      family = family();
      parameters = parameters(tensors);
      dropUnitScale(tensors);
      tensors.requireNoOther(config.title());
    }
    return new ImportedSae(
        family,
        config.inputs(),
        settings,
        parameters,
        normalisation,
        config.source(),
        List.copyOf(notes));
  }

  /**
   * What is done to each sample, up to {@link #factor}, by which the weights are multiplied: {@code
   * (x - mean) / (deviation + 1e-5)} with the deviation of n - 1, or {@code sqrt(n) x / |x|}.
   */
  private ImportedSae.Normalisation normalisation(Path folder) {
    Optional<Double> scale = savedScale(folder);
    int n = config.inputs();
    String kind = config.normalisation();
    if (scale.isPresent() && !kind.equals("expected_average_only_in")) {
      throw new WtaException(
          "%s scales activations, and cfg.json says normalize_activations '%s'"
              .formatted(folder.resolve("activation_scaler.json"), kind),
          "delete that file, or say expected_average_only_in");
    }
    return switch (kind) {
      case "none" -> ImportedSae.Normalisation.NONE;
      case "expected_average_only_in" -> {
        factor = scale.orElseThrow(() -> unknownScale(folder));
        notes.add("the factor of activation_scaler.json is folded into the weights");
        yield ImportedSae.Normalisation.NONE;
      }
      case "layer_norm" -> {
        factor = Math.sqrt((n - 1.0) / n);
        noteNormalised(kind);
        double epsilon = LAYER_NORM_EPSILON * factor;
        yield new ImportedSae.Normalisation(
            List.of("standardise(0,%s)".formatted(epsilon)), new Standardise(0, epsilon));
      }
      case "constant_norm_rescale" -> {
        factor = Math.sqrt(n);
        noteNormalised(kind);
        yield new ImportedSae.Normalisation(List.of("l2"), new L2Normalise());
      }
      default ->
          throw SaeLensConfig.refused(
              config.document(), "normalize_activations '%s'".formatted(kind));
    };
  }

  private static WtaException unknownScale(Path folder) {
    return new WtaException(
        "%s has normalize_activations 'expected_average_only_in', and no activation_scaler.json"
                .formatted(folder)
            + " beside it says the factor",
        "write one with {\"scaling_factor\": F}: sqrt(d_in) over the activations' mean length, or"
            + " 1 for samples that are scaled already");
  }

  private void noteNormalised(String kind) {
    notes.add(
        "%s is pre-processing here: reconstructions are of normalised samples".formatted(kind));
  }

  private static Optional<Double> savedScale(Path folder) {
    Path file = folder.resolve("activation_scaler.json");
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    ForeignConfig scaler = ForeignConfig.read(file);
    Optional<Double> scale = scaler.number("scaling_factor");
    if (scale.isPresent() && !(scale.get() > 0)) {
      throw scaler.wrong("scaling_factor", "above 0");
    }
    return scale;
  }

  private String family() {
    return switch (config.architecture()) {
      case STANDARD -> "standard";
      case JUMPRELU -> {
        settings.put("threshold-form", "direct");
        config
            .document()
            .number("jumprelu_bandwidth")
            .ifPresent(width -> settings.put("bandwidth", width));
        yield "jumprelu";
      }
      case GATED -> "gated";
      case TOPK -> {
        settings.put("k", config.document().whole("k", 1));
        yield "topk";
      }
      case BATCHTOPK -> {
        putMeanWinners();
        yield "batch-topk";
      }
      case MATRYOSHKA_BATCHTOPK -> {
        putMeanWinners();
        yield nested();
      }
    };
  }

  /** The k of a batch, which may be a fraction there. */
  private void putMeanWinners() {
    double k =
        config
            .document()
            .number("k")
            .filter(given -> given >= 0.5)
            .orElseThrow(() -> config.document().wrong("k", "a number from 0.5"));
    settings.put("k", Math.round(k));
    if (k != Math.rint(k)) {
      notes.add("k is %s there, and %d where training goes on".formatted(k, Math.round(k)));
    }
    notes.add("codes are by the threshold, as in SAELens' inference model");
  }

  /** Prefixes here are halves of halves; others have the same codes without them. */
  private String nested() {
    List<?> widths = config.widths();
    int prefixes = widths.size();
    for (int i = 0; i < prefixes; i++) {
      long halved = Math.ceilDiv((long) config.latents(), 1L << (prefixes - 1 - i));
      if (!(widths.get(i) instanceof Number width) || width.longValue() != halved) {
        prefixes = 0;
      }
    }
    if (prefixes == 0) {
      notes.add(
          "prefixes %s do not halve: it is a batch-topk here, and training that goes on does not"
                  .formatted(widths)
              + " nest");
      return "batch-topk";
    }
    settings.put("prefixes", prefixes);
    return "matryoshka";
  }

  private Map<String, float[]> parameters(ForeignTensors tensors) {
    int latents = config.latents();
    int inputs = config.inputs();
    boolean gated = config.architecture() == SaeLensConfig.Architecture.GATED;
    SaeWeights stored =
        new SaeWeights(
            SaeWeights.transposed(tensors.values("W_enc", inputs, latents), inputs, latents),
            tensors.values(gated ? "b_gate" : "b_enc", latents),
            tensors.values("W_dec", latents, inputs),
            tensors.values("b_dec", inputs));
    SaeWeights weights = converted(stored);
    Map<String, float[]> parameters = SaeParts.parameters(weights);
    switch (config.architecture()) {
      case STANDARD, TOPK -> {}
      case JUMPRELU -> parameters.put("threshold", thresholds(tensors));
      case BATCHTOPK, MATRYOSHKA_BATCHTOPK -> {
        float threshold = Math.max(0, tensors.values("topk_threshold")[0]);
        parameters.put("threshold", new float[] {threshold});
        parameters.put("threshold.batches", new float[] {threshold > 0 ? MOST_BATCHES : 0});
      }
      case GATED -> {
        float[] logScale = tensors.values("r_mag", latents);
        parameters.put("magnitude.log-scale", logScale);
        parameters.put(
            "magnitude.bias", magnitudeBias(tensors.values("b_mag", latents), logScale, stored));
      }
    }
    return parameters;
  }

  private SaeWeights converted(SaeWeights stored) {
    SaeWeights weights = stored;
    if (!config.centred()) {
      weights = weights.centred();
      notes.add("apply_b_dec_to_input is false: the encoder's biases make up for it");
    }
    if (factor != 1) {
      weights = weights.ofUnscaledSamples(factor);
    }
    if (config.weighsLengths()) {
      weights = weights.withRowsOfLength1();
      notes.add("lengths of the decoder's rows are folded into the encoder");
    }
    return weights;
  }

  /** The rectifier on top makes a threshold below 0 the same as 0. */
  private float[] thresholds(ForeignTensors tensors) {
    boolean logarithms = tensors.has("log_threshold");
    float[] thresholds =
        tensors.values(logarithms ? "log_threshold" : "threshold", config.latents());
    for (int i = 0; i < thresholds.length; i++) {
      thresholds[i] =
          logarithms ? (float) StrictMath.exp(thresholds[i]) : Math.max(0, thresholds[i]);
    }
    return thresholds;
  }

  /** {@code exp(r) W x + b_mag = exp(r) W (x - c) + b_mag + exp(r) W c}. */
  private float[] magnitudeBias(float[] bias, float[] logScale, SaeWeights stored) {
    if (config.centred()) {
      return bias;
    }
    double[] shift = stored.encodedCentre();
    for (int i = 0; i < shift.length; i++) {
      shift[i] *= StrictMath.exp(logScale[i]);
    }
    return SaeWeights.plus(bias, shift);
  }

  /** Versions before 6 kept a factor of each latent, which is 1 unless it was fine-tuned. */
  private void dropUnitScale(ForeignTensors tensors) {
    if (config.before6() && tensors.has("scaling_factor")) {
      for (float scale : tensors.values("scaling_factor", config.latents())) {
        if (scale != 1) {
          throw SaeLensConfig.refused(config.document(), "a fine-tuned scaling_factor");
        }
      }
    }
  }
}
