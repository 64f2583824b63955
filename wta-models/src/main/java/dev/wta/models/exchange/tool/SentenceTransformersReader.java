package dev.wta.models.exchange.tool;

import dev.wta.api.ProgressListener;
import dev.wta.models.exchange.file.ForeignConfig;
import dev.wta.models.exchange.file.ForeignTensors;
import dev.wta.models.exchange.model.ImportedSae;
import dev.wta.models.exchange.model.ImportedSae.Normalisation;
import dev.wta.models.exchange.model.SaeCode;
import dev.wta.models.exchange.model.SaeWeights;
import java.nio.file.Path;
import java.util.List;

/**
 * The module {@code SparseAutoEncoder} of sentence-transformers, of CSR models (Wen et al. 2025):
 * {@code config.json} and {@code model.safetensors} with {@code pre_bias, latent_bias} and {@code
 * encoder.weight (latents, inputs)}, whose transpose decodes. Both names of that one matrix occur.
 *
 * <pre>{@code
 * z = relu(topk((n(x) - pre_bias) E^T + latent_bias, k));  y = n^-1(z E + pre_bias)
 * }</pre>
 *
 * <p>With {@code normalize}, n is a layer norm with the deviation of n - 1 and 1e-5.
 */
public final class SentenceTransformersReader {
  private SentenceTransformersReader() {}

  /**
   * Reads a model.
   *
   * @param listener receives the progress of reading
   * @throws dev.wta.api.WtaException if a file is damaged
   */
  public static ImportedSae read(Path folder, ProgressListener listener) {
    ForeignConfig config = ForeignConfig.read(folder.resolve("config.json"));
    int inputs = config.whole("input_dim", 1);
    int latents = config.whole("hidden_dim", 1);
    int k = config.whole("k", 1);
    boolean normalises = config.flag("normalize", false);
    SaeWeights weights;
    try (ForeignTensors tensors =
        ForeignTensors.open(folder.resolve("model.safetensors"), listener)) {
      boolean byEncoder = tensors.has("encoder.weight");
      float[] encoder =
          tensors.values(byEncoder ? "encoder.weight" : "decoder.linear.weight", latents, inputs);
      weights =
          new SaeWeights(
              encoder,
              tensors.values("latent_bias", latents),
              encoder.clone(),
              tensors.values("pre_bias", inputs));
      tensors.ignore("stats_last_nonzero", "decoder.linear.weight");
      tensors.requireNoOther("SparseAutoEncoder");
    }
    return ImportedSae.of(
        normalises ? weights.ofUnscaledSamples(Normalisation.layerNormFactor(inputs)) : weights,
        new SaeCode.TopK(k, false),
        false,
        false,
        normalises ? Normalisation.layerNorm(inputs) : Normalisation.NONE,
        Source.of("sentence-transformers", "SparseAutoEncoder", folder),
        normalises
            ? List.of(
                "normalize is pre-processing here: reconstructions are of normalised samples",
                "the decoder is the encoder's transpose there, and learns by itself here")
            : List.of("the decoder is the encoder's transpose there, and learns by itself here"));
  }
}
