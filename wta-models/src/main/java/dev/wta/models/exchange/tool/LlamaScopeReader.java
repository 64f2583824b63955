package dev.wta.models.exchange.tool;

import dev.wta.api.ProgressListener;
import dev.wta.api.WtaException;
import dev.wta.models.exchange.file.ForeignConfig;
import dev.wta.models.exchange.file.ForeignTensors;
import dev.wta.models.exchange.model.ImportedSae;
import dev.wta.models.exchange.model.SaeCode;
import dev.wta.models.exchange.model.SaeWeights;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Models of Llama Scope, in the files of its tool (lm-saes, 2024): {@code hyperparams.json} and
 * {@code checkpoints/final.safetensors}, with {@code encoder.weight (latents, inputs),
 * encoder.bias, decoder.weight (inputs, latents), decoder.bias}.
 *
 * <p>Weights are of activations whose mean length is the root of their width: of samples times
 * {@code f = sqrt(inputs) / mean length}, and targets times {@code g}. The tool brings them to
 * samples as they are, and then D's rows to length 1, before it encodes, which is what codes and
 * the one threshold of all latents are of.
 *
 * <pre>{@code
 * W, b / f, D f / g, c / g;  then  W |D|, b |D|, D / |D|;  z = u where u > threshold, u = W x + b
 * }</pre>
 */
public final class LlamaScopeReader {
  static final String GATED_ENCODER = "an encoder with gated linear units";

  private static final String THRESHOLD = "jump_relu_threshold";
  private static final String NORMS = "dataset_average_activation_norm";

  private final ForeignConfig config;
  private final int inputs;
  private final int latents;
  private final boolean transcodes;
  private final List<String> notes = new ArrayList<>();

  private LlamaScopeReader(ForeignConfig config) {
    this.config = config;
    inputs = config.whole("d_model", 1);
    latents = config.whole("d_sae", 1);
    Optional<String> in = config.text("hook_point_in");
    Optional<String> out = config.text("hook_point_out");
    transcodes = out.isPresent() && !out.equals(in);
  }

  /**
   * Reads a model.
   *
   * @param listener receives the progress of reading
   * @throws WtaException if a file is damaged or no family here computes what it holds
   */
  public static ImportedSae read(Path folder, ProgressListener listener) {
    LlamaScopeReader reader =
        new LlamaScopeReader(ForeignConfig.read(folder.resolve("hyperparams.json")));
    Path file = folder.resolve("checkpoints").resolve("final.safetensors");
    try (ForeignTensors tensors = ForeignTensors.open(file, listener)) {
      SaeCode code = reader.code();
      SaeWeights weights = reader.standard(reader.stored(tensors));
      tensors.requireNoOther("model of Llama Scope");
      Map<String, Object> source =
          Source.of("llama-scope", reader.config.text("act_fn").orElse("none"), folder);
      reader.config.text("hook_point_in").ifPresent(hook -> source.put("hook", hook));
      return ImportedSae.of(
          weights,
          code,
          reader.transcodes,
          reader.unitRows(),
          ImportedSae.Normalisation.NONE,
          source,
          reader.notes);
    }
  }

  private boolean unitRows() {
    return config.flag("sparsity_include_decoder_norm", true);
  }

  /** A TopK with a threshold is one by thresholds outside training. */
  private SaeCode code() {
    if (config.flag("use_glu_encoder", false)) {
      throw refused(config, GATED_ENCODER);
    }
    String activation = config.text("act_fn").orElse("relu");
    double threshold = config.number(THRESHOLD).orElse(0.0);
    if (threshold < 0) {
      throw config.wrong(THRESHOLD, "at least 0");
    }
    return switch (activation) {
      case "relu" -> new SaeCode.Rectified();
      case "topk" ->
          threshold > 0 ? above(threshold) : new SaeCode.TopK(config.whole("top_k", 1), false);
      case "jumprelu" -> above(threshold);
      default -> throw refused(config, "the activation '%s'".formatted(activation));
    };
  }

  private SaeCode above(double threshold) {
    float[] all = new float[latents];
    Arrays.fill(all, (float) threshold);
    return new SaeCode.Above(all);
  }

  private SaeWeights stored(ForeignTensors tensors) {
    return new SaeWeights(
        tensors.values("encoder.weight", latents, inputs),
        tensors.values("encoder.bias", latents),
        SaeWeights.transposed(tensors.values("decoder.weight", inputs, latents), inputs, latents),
        config.flag("use_decoder_bias", true)
            ? tensors.values("decoder.bias", inputs)
            : new float[inputs]);
  }

  /** The weights of samples as they are. */
  private SaeWeights standard(SaeWeights stored) {
    boolean subtracts =
        config.flag("use_decoder_bias", true)
            && config.flag("apply_decoder_bias_to_pre_encoder", true);
    SaeWeights weights = stored;
    String normalisation = config.text("norm_activation").orElse("token-wise");
    switch (normalisation) {
      case "none", "inference" -> {}
      case "dataset-wise" -> {
        double in = factor("in");
        double out = factor("out");
        weights = weights.biasesTimes(1 / in, 1 / out).decoderTimes(in / out);
        notes.add("the factor of dataset_average_activation_norm is folded into the weights");
      }
      default -> throw refused(config, "norm_activation '%s'".formatted(normalisation));
    }
    if (unitRows()) {
      weights = weights.withRowsOfLength1();
    }
    if (subtracts == transcodes) {
      weights = transcodes ? weights.uncentred() : weights.centred();
      notes.add(
          transcodes
              ? "the decoder's bias is subtracted there: the encoder's biases make up for it"
              : "the decoder's bias is not subtracted there: the encoder's biases make up for it");
    }
    return weights;
  }

  private double factor(String hook) {
    ForeignConfig norms = config.section(NORMS);
    double length =
        norms
            .number(hook)
            .filter(given -> given > 0)
            .orElseThrow(() -> config.wrong(NORMS, "lengths above 0 of 'in' and 'out'"));
    return Math.sqrt(inputs) / length;
  }

  static WtaException refused(ForeignConfig config, String what) {
    return new WtaException(
        "%s has %s, which no family here has".formatted(config.file(), what),
        "import an autoencoder or a transcoder with relu, topk or jumprelu, and norm_activation"
            + " dataset-wise or none");
  }
}
