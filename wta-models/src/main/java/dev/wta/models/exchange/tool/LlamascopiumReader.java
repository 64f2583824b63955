package dev.wta.models.exchange.tool;

import dev.wta.api.ProgressListener;
import dev.wta.data.preprocessing.L2Normalise;
import dev.wta.models.exchange.file.ForeignConfig;
import dev.wta.models.exchange.file.ForeignTensors;
import dev.wta.models.exchange.model.ImportedSae;
import dev.wta.models.exchange.model.SaeCode;
import dev.wta.models.exchange.model.SaeWeights;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Models of Llamascopium, which lm-saes became: {@code config.json} and {@code
 * sae_weights.safetensors}, with {@code W_E (inputs, latents), b_E, W_D (latents, outputs), b_D},
 * of JumpReLU {@code activation_function.log_jumprelu_threshold (latents)}, and the mean lengths of
 * activations.
 *
 * <p>Codes are those of its {@code encode} of normalised samples, samples times f, and targets
 * times g: {@code sqrt(inputs)} over the mean length, over each one's own, or 1. With {@code
 * sparsity_include_decoder_norm} activations compete, or are compared with thresholds, by their
 * products with the lengths of D's rows.
 *
 * <pre>{@code
 * z = u where u |D| is large enough, u = f W x + b;  y = (z D + c) / g
 * }</pre>
 */
public final class LlamascopiumReader {
  private static final String NORMS = "dataset_average_activation_norm.";
  private static final String THRESHOLD = "activation_function.log_jumprelu_threshold";

  private final ForeignConfig config;
  private final ForeignTensors tensors;
  private final int inputs;
  private final int latents;
  private final String input;
  private final String output;
  private final boolean transcodes;
  private final boolean weighted;
  private final List<String> notes = new ArrayList<>();

  private LlamascopiumReader(ForeignConfig config, ForeignTensors tensors) {
    this.config = config;
    this.tensors = tensors;
    inputs = config.whole("d_model", 1);
    double factor = config.number("expansion_factor").orElse(0.0);
    if (factor * inputs < 1 || factor * inputs > Integer.MAX_VALUE) {
      throw config.wrong("expansion_factor", "the number of latents over d_model");
    }
    latents = (int) (factor * inputs); // as the tool rounds
    input = hook("hook_point_in");
    output = hook("hook_point_out");
    transcodes = !output.equals(input);
    weighted = config.flag("sparsity_include_decoder_norm", true);
  }

  private String hook(String name) {
    return config.text(name).orElseThrow(() -> config.wrong(name, "the name of a hook point"));
  }

  /**
   * Reads a model.
   *
   * @param listener receives the progress of reading
   * @throws dev.wta.api.WtaException if a file is damaged or no family here computes what it holds
   */
  public static ImportedSae read(Path folder, ProgressListener listener) {
    ForeignConfig config = ForeignConfig.read(folder.resolve("config.json"));
    String type = config.text("sae_type").orElse("none");
    if (!type.equals("sae")) {
      throw LlamaScopeReader.refused(config, "sae_type '%s'".formatted(type));
    }
    Path file = folder.resolve("sae_weights.safetensors");
    try (ForeignTensors tensors = ForeignTensors.open(file, listener)) {
      return new LlamascopiumReader(config, tensors).read(folder);
    }
  }

  private ImportedSae read(Path folder) {
    if (config.flag("use_glu_encoder", false)) {
      throw LlamaScopeReader.refused(config, LlamaScopeReader.GATED_ENCODER);
    }
    SaeWeights stored = stored();
    String activation = config.text("act_fn").orElse("relu");
    SaeCode code = code(activation, stored);
    ImportedSae.Normalisation normalisation = ImportedSae.Normalisation.NONE;
    SaeWeights weights = stored;
    String kind = config.text("norm_activation").orElse("dataset-wise");
    switch (kind) {
      case "inference" -> tensors.ignore(NORMS + input, NORMS + output); // not even set
      case "dataset-wise" -> {
        weights = scaled(stored, factor(input), factor(output));
        notes.add(
            "weights are taken as those of normalised samples; where the tool has folded the scale"
                + " into them, and config.json still says dataset-wise, let it say inference");
      }
      case "token-wise" -> {
        if (transcodes) {
          throw LlamaScopeReader.refused(config, "norm_activation 'token-wise' of a transcoder");
        }
        tensors.ignore(NORMS + input);
        normalisation = new ImportedSae.Normalisation(List.of("l2"), new L2Normalise());
        weights = scaled(stored, Math.sqrt(inputs), Math.sqrt(inputs));
        notes.add("token-wise is pre-processing here: reconstructions are of normalised samples");
      }
      default -> throw LlamaScopeReader.refused(config, "norm_activation '%s'".formatted(kind));
    }
    tensors.requireNoOther("model of Llamascopium");
    Map<String, Object> source = Source.of("llamascopium", activation, folder);
    source.put("hook", input);
    return ImportedSae.of(
        transcodes ? weights : weights.centred(),
        code,
        transcodes,
        false,
        normalisation,
        source,
        notes);
  }

  private SaeWeights stored() {
    return new SaeWeights(
        SaeWeights.transposed(tensors.values("W_E", inputs, latents), inputs, latents),
        tensors.values("b_E", latents),
        tensors.values("W_D", latents, inputs),
        config.flag("use_decoder_bias", true) ? tensors.values("b_D", inputs) : new float[inputs]);
  }

  private static SaeWeights scaled(SaeWeights stored, double f, double g) {
    return stored.encoderTimes(f).decoderTimes(1 / g).biasesTimes(1, 1 / g);
  }

  private double factor(String hook) {
    float length = tensors.values(NORMS + hook)[0];
    if (!(length > 0)) {
      throw config.wrong("norm_activation", "inference, unless the file has the mean lengths");
    }
    return Math.sqrt(inputs) / length;
  }

  private SaeCode code(String activation, SaeWeights stored) {
    return switch (activation) {
      case "relu" -> new SaeCode.Rectified();
      case "topk" -> new SaeCode.TopK(config.whole("top_k", 1), weighted);
      case "batchtopk" -> {
        notes.add(
            "the files of a batchtopk have no threshold: it is a topk here, which has the tool's"
                + " codes of samples that are encoded one by one");
        yield new SaeCode.TopK(config.whole("top_k", 1), weighted);
      }
      case "jumprelu" -> new SaeCode.Above(thresholds(stored));
      default ->
          throw LlamaScopeReader.refused(config, "the activation '%s'".formatted(activation));
    };
  }

  /** Those of u, where the tool's are of {@code u |D|}: over the lengths of the rows as stored. */
  private float[] thresholds(SaeWeights stored) {
    Optional<double[]> lengths = weighted ? Optional.of(stored.lengths()) : Optional.empty();
    float[] thresholds = tensors.values(THRESHOLD, latents);
    for (int i = 0; i < latents; i++) {
      double length = lengths.isPresent() ? lengths.get()[i] : 1;
      thresholds[i] = (float) Math.min(Float.MAX_VALUE, StrictMath.exp(thresholds[i]) / length);
    }
    return thresholds;
  }
}
