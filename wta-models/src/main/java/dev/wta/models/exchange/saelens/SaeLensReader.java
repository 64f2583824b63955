package dev.wta.models.exchange.saelens;

import dev.wta.api.ProgressListener;
import dev.wta.api.WtaException;
import dev.wta.data.preprocessing.L2Normalise;
import dev.wta.models.exchange.file.ForeignConfig;
import dev.wta.models.exchange.file.ForeignTensors;
import dev.wta.models.exchange.model.ImportedSae;
import dev.wta.models.exchange.model.SaeCode;
import dev.wta.models.exchange.model.SaeWeights;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Models of SAELens: {@code cfg.json} and {@code sae_weights.safetensors}, with {@code W_enc
 * (inputs, latents)}, {@code W_dec (latents, inputs)}, {@code b_dec} and, by architecture, {@code
 * b_enc}; {@code threshold}; {@code topk_threshold}; {@code b_gate, r_mag, b_mag}; of transcoders
 * {@code W_dec (latents, outputs)} and {@code W_skip (outputs, inputs)}.
 *
 * <p>Codes are those that SAELens' {@code SAE.encode} computes, for batchtopk and matryoshka those
 * of the inference model that it makes of them: every activation above the threshold.
 */
public final class SaeLensReader {
  private final SaeLensConfig config;
  private final List<String> notes = new ArrayList<>();
  private double factor = 1;

  private SaeLensReader(SaeLensConfig config) {
    this.config = config;
  }

  /**
   * Reads a model.
   *
   * @param listener receives the progress of reading
   * @throws WtaException if a file is damaged or no family here computes what it holds
   */
  public static ImportedSae read(Path folder, ProgressListener listener) {
    return new SaeLensReader(SaeLensConfig.read(folder.resolve("cfg.json")))
        .readFrom(folder, listener);
  }

  private ImportedSae readFrom(Path folder, ProgressListener listener) {
    ImportedSae.Normalisation normalisation = normalisation(folder);
    if (config.flattensHeads()) {
      notes.add("samples are the flattened heads of hook_z");
    }
    SaeWeights weights;
    SaeCode code;
    try (ForeignTensors tensors =
        ForeignTensors.open(folder.resolve("sae_weights.safetensors"), listener)) {
      SaeWeights stored = stored(tensors);
      code = code(tensors, stored);
      weights = converted(stored);
      dropUnitScale(tensors);
      tensors.requireNoOther(config.title());
    }
    boolean transcodes = config.architecture().transcodes();
    ImportedSae sae =
        ImportedSae.of(weights, code, transcodes, false, normalisation, config.source(), notes);
    return code instanceof SaeCode.Above
        ? config
            .document()
            .number("jumprelu_bandwidth")
            .map(width -> sae.with(Map.of("bandwidth", width)))
            .orElse(sae)
        : sae;
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
    if (config.architecture().skips() && !kind.equals("none")) {
      throw SaeLensConfig.refused(
          config.document(),
          "normalize_activations '%s' beside a skip connection of samples as they are"
              .formatted(kind));
    }
    return switch (kind) {
      case "none" -> ImportedSae.Normalisation.NONE;
      case "expected_average_only_in" -> {
        if (config.architecture().transcodes()) {
          throw SaeLensConfig.refused(config.document(), kind + " of a transcoder");
        }
        factor = scale.orElseThrow(() -> unknownScale(folder));
        notes.add("the factor of activation_scaler.json is folded into the weights");
        yield ImportedSae.Normalisation.NONE;
      }
      case "layer_norm" -> {
        factor = ImportedSae.Normalisation.layerNormFactor(n);
        noteNormalised(kind);
        yield ImportedSae.Normalisation.layerNorm(n);
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
        config.architecture().transcodes()
            ? "%s is pre-processing here".formatted(kind)
            : "%s is pre-processing here: reconstructions are of normalised samples"
                .formatted(kind));
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

  private SaeCode code(ForeignTensors tensors, SaeWeights stored) {
    return switch (config.architecture()) {
      case STANDARD, TRANSCODER, SKIP_TRANSCODER -> new SaeCode.Rectified();
      case JUMPRELU, JUMPRELU_TRANSCODER, JUMPRELU_SKIP_TRANSCODER ->
          SaeCode.Above.rectified(thresholds(tensors));
      case TOPK -> new SaeCode.TopK(config.document().whole("k", 1), config.weighsLengths());
      case BATCHTOPK -> ofBatch(tensors, 1);
      case MATRYOSHKA_BATCHTOPK ->
          ofBatch(tensors, SaeCode.OfBatch.prefixes(config.widths(), config.latents(), notes));
      case GATED -> {
        SaeCode.Gated gated =
            new SaeCode.Gated(
                tensors.values("r_mag", config.latents()),
                tensors.values("b_mag", config.latents()));
        yield config.centred()
            ? gated
            : new SaeCode.Gated(gated.logScale(), gated.shifted(stored.encodedCentre()));
      }
    };
  }

  /** The k of a batch may be a fraction there. */
  private SaeCode ofBatch(ForeignTensors tensors, int prefixes) {
    double k =
        config
            .document()
            .number("k")
            .filter(given -> given >= 0.5)
            .orElseThrow(() -> config.document().wrong("k", "a number from 0.5"));
    int rounded = Math.toIntExact(Math.round(k));
    if (k != rounded) {
      notes.add("k is %s there, and %d in further training".formatted(k, rounded));
    }
    notes.add("codes are by the threshold, as in SAELens' inference model");
    float threshold = Math.max(0, tensors.values("topk_threshold")[0]);
    return new SaeCode.OfBatch(rounded, threshold, config.weighsLengths(), prefixes);
  }

  private SaeWeights stored(ForeignTensors tensors) {
    int latents = config.latents();
    int inputs = config.inputs();
    int outputs = config.outputs();
    boolean gated = config.architecture() == SaeLensConfig.Architecture.GATED;
    return new SaeWeights(
        SaeWeights.transposed(tensors.values("W_enc", inputs, latents), inputs, latents),
        tensors.values(gated ? "b_gate" : "b_enc", latents),
        tensors.values("W_dec", latents, outputs),
        tensors.values("b_dec", outputs),
        config.architecture().skips()
            ? Optional.of(tensors.values("W_skip", outputs, inputs))
            : Optional.empty());
  }

  private SaeWeights converted(SaeWeights stored) {
    if (config.architecture().transcodes()) {
      return factor == 1 ? stored : stored.encoderTimes(factor);
    }
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

  private float[] thresholds(ForeignTensors tensors) {
    if (!tensors.has("log_threshold")) {
      return tensors.values("threshold", config.latents());
    }
    float[] thresholds = tensors.values("log_threshold", config.latents());
    for (int i = 0; i < thresholds.length; i++) {
      thresholds[i] = (float) StrictMath.exp(thresholds[i]);
    }
    return thresholds;
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
