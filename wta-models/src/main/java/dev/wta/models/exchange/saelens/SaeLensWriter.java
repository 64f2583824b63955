package dev.wta.models.exchange.saelens;

import dev.wta.api.WtaVersion;
import dev.wta.models.exchange.model.ExportedSae;
import dev.wta.models.exchange.model.ExportedTensors;
import dev.wta.models.exchange.model.SaeCode;
import dev.wta.models.exchange.model.SaeWeights;
import dev.wta.models.exchange.model.TrainedSae;
import dev.wta.models.io.TensorType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Models as SAELens 6 has them: {@code cfg.json} and {@code sae_weights.safetensors}.
 *
 * <p>{@code batch-topk} and {@code matryoshka} become {@code jumprelu}, as SAELens itself does,
 * with a threshold for each latent. A {@code topk} whose latents compete by activation times row
 * length has {@code rescale_acts_by_decoder_norm} there, and codes of SAELens are those products.
 */
public final class SaeLensWriter {
  /** The names of the files. */
  public static final List<String> FILES = List.of("cfg.json", "sae_weights.safetensors");

  /** The families that an architecture of SAELens computes. */
  public static final List<String> FAMILIES =
      List.of(
          "standard",
          "topk",
          "multi-k",
          "batch-topk",
          "matryoshka",
          "jumprelu",
          "gated",
          "standard-transcoder",
          "batch-topk-transcoder",
          "matryoshka-transcoder",
          "jumprelu-transcoder");

  /** The version whose form the files have. */
  private static final String VERSION = "6.54.12";

  private final SaeWeights weights;
  private final ExportedTensors tensors;
  private final Map<String, Object> ofArchitecture = new LinkedHashMap<>();

  private SaeLensWriter(SaeWeights weights, TensorType type) {
    this.weights = weights;
    tensors = new ExportedTensors(type);
  }

  /** The files of a model of one of {@link #FAMILIES}. */
  public static ExportedSae export(TrainedSae trained, TensorType type) {
    TrainedSae sae = trained.byThresholds();
    SaeLensWriter writer = new SaeLensWriter(sae.weights(), type);
    String architecture = writer.gather(sae);
    return ExportedSae.of(
        architecture,
        FILES.getLast(),
        writer.tensors.safetensors(),
        FILES.getFirst(),
        writer.settings(sae, architecture),
        ExportedSae.notesOf(sae));
  }

  /** Gathers the architecture's tensors and settings, and returns its name. */
  private String gather(TrainedSae sae) {
    int latents = weights.latents();
    int inputs = weights.inputs();
    int outputs = weights.outputs();
    tensors.put(
        "W_enc", SaeWeights.transposed(weights.encoder(), latents, inputs), inputs, latents);
    tensors.put("W_dec", weights.decoder(), latents, outputs);
    tensors.put("b_dec", weights.centre(), outputs);
    weights.skip().ifPresent(skip -> tensors.put("W_skip", skip, outputs, inputs));
    boolean gated = sae.code() instanceof SaeCode.Gated;
    tensors.put(gated ? "b_gate" : "b_enc", weights.bias(), latents);
    String transcoder = weights.skip().isPresent() ? "skip_transcoder" : "transcoder";
    return switch (sae.code()) {
      case SaeCode.Rectified _ -> sae.transcodes() ? transcoder : "standard";
      case SaeCode.TopK(int k, boolean weighted) -> {
        ofArchitecture.put("k", k);
        ofArchitecture.put("rescale_acts_by_decoder_norm", weighted);
        yield "topk";
      }
      case SaeCode.Above(float[] thresholds) -> {
        tensors.put("threshold", thresholds, latents);
        yield sae.transcodes() ? "jumprelu_" + transcoder : "jumprelu";
      }
      case SaeCode.Gated(float[] logScale, float[] bias) -> {
        tensors.put("r_mag", logScale, latents);
        tensors.put("b_mag", bias, latents);
        yield "gated";
      }
      case SaeCode.OfBatch _ -> throw new IllegalStateException("a threshold for each latent");
    };
  }

  private Map<String, Object> settings(TrainedSae sae, String architecture) {
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("architecture", architecture);
    config.put("d_in", weights.inputs());
    if (sae.transcodes()) {
      config.put("d_out", weights.outputs());
    }
    config.put("d_sae", weights.latents());
    config.put("dtype", tensors.type().title());
    config.put("device", "cpu");
    config.put("apply_b_dec_to_input", !sae.transcodes());
    config.put("normalize_activations", "none");
    config.put("reshape_activations", "none");
    config.putAll(ofArchitecture);
    config.put(
        "metadata", Map.of("sae_lens_version", VERSION, "wta_version", WtaVersion.current()));
    return config;
  }
}
