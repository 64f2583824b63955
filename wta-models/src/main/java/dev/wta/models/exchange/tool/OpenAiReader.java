package dev.wta.models.exchange.tool;

import dev.wta.api.ProgressListener;
import dev.wta.api.WtaException;
import dev.wta.models.exchange.file.ForeignTensors;
import dev.wta.models.exchange.model.ImportedSae;
import dev.wta.models.exchange.model.ImportedSae.Normalisation;
import dev.wta.models.exchange.model.SaeCode;
import dev.wta.models.exchange.model.SaeWeights;
import dev.wta.models.exchange.pytorch.StateDictionary;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Models of OpenAI's sparse_autoencoder: one state dictionary with {@code pre_bias, latent_bias,
 * encoder.weight (latents, inputs), decoder.weight (inputs, latents)}, the name of the {@code
 * activation} and {@code activation_state_dict}.
 *
 * <pre>{@code
 * z = act((n(x) - pre_bias) encoder^T + latent_bias);  y = n^-1(z decoder^T + pre_bias)
 * }</pre>
 *
 * <p>Where the activation is TopK, its loader normalises: {@code n(x) = (x - mean) / (deviation +
 * 1e-5)}, with the deviation of n - 1.
 */
public final class OpenAiReader {
  private OpenAiReader() {}

  /**
   * Reads a model.
   *
   * @param path the {@code .pt} file, or a folder with {@code autoencoder.pt}
   * @param listener receives the progress of reading
   * @throws WtaException if the file is damaged or no family here computes what it holds
   */
  public static ImportedSae read(Path path, ProgressListener listener) {
    Path file = Files.isDirectory(path) ? path.resolve("autoencoder.pt") : path;
    StateDictionary dictionary = StateDictionary.open(file);
    try (ForeignTensors tensors = new ForeignTensors(file, dictionary, listener)) {
      SaeCode code = code(file, dictionary);
      int latents = tensors.extent("encoder.weight", 2, 0);
      int inputs = tensors.extent("encoder.weight", 2, 1);
      float[] encoder = tensors.values("encoder.weight", latents, inputs);
      float[] decoder =
          tensors.has("decoder.weight")
              ? SaeWeights.transposed(
                  tensors.values("decoder.weight", inputs, latents), inputs, latents)
              : tensors.values("decoder.linear.weight", latents, inputs); // tied
      SaeWeights weights =
          new SaeWeights(
              encoder,
              tensors.values("latent_bias", latents),
              decoder,
              tensors.values("pre_bias", inputs));
      tensors.ignore("stats_last_nonzero", "latents_activation_frequency", "latents_mean_square");
      tensors.requireNoOther("Autoencoder of OpenAI");
      boolean normalises = code instanceof SaeCode.TopK;
      return ImportedSae.of(
          normalises ? weights.ofUnscaledSamples(Normalisation.layerNormFactor(inputs)) : weights,
          code,
          false,
          false,
          normalises ? Normalisation.layerNorm(inputs) : Normalisation.NONE,
          Source.of("openai", normalises ? "TopK" : "ReLU", path),
          normalises
              ? List.of(
                  "layer norm is pre-processing here: reconstructions are of normalised samples")
              : List.of());
    }
  }

  private static SaeCode code(Path file, StateDictionary dictionary) {
    Object name = dictionary.other("activation").orElse("none");
    if (name.equals("ReLU")) {
      return new SaeCode.Rectified();
    }
    Optional<Object> state = dictionary.other("activation_state_dict");
    if (name.equals("TopK") && state.isPresent() && state.get() instanceof Map<?, ?> settings) {
      if (!"ReLU".equals(settings.get("postact_fn"))) {
        throw refused(file, "TopK without a rectifier behind it");
      }
      if (settings.get("k") instanceof Long k && k >= 1 && k <= Integer.MAX_VALUE) {
        return new SaeCode.TopK((int) (long) k, false);
      }
      throw new WtaException(
          "'k' in %s is no whole number from 1".formatted(file), "get the file again");
    }
    throw refused(file, "the activation '%s'".formatted(name instanceof String ? name : "?"));
  }

  private static WtaException refused(Path file, String what) {
    return new WtaException(
        "%s has %s, which no family here has".formatted(file, what),
        "import a model with the activation ReLU or TopK");
  }
}
