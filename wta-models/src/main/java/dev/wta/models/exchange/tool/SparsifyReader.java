package dev.wta.models.exchange.tool;

import dev.wta.api.ProgressListener;
import dev.wta.api.WtaException;
import dev.wta.models.exchange.file.ForeignConfig;
import dev.wta.models.exchange.file.ForeignTensors;
import dev.wta.models.exchange.model.ImportedSae;
import dev.wta.models.exchange.model.SaeCode;
import dev.wta.models.exchange.model.SaeWeights;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Models of EleutherAI's sparsify: {@code cfg.json} and {@code sae.safetensors}, with {@code
 * encoder.weight (latents, inputs)}, {@code encoder.bias}, {@code W_dec (latents, inputs)} and
 * {@code b_dec}.
 *
 * <pre>{@code
 * z = topk(relu(W (x - b_dec) + b), k);  y = z W_dec + b_dec             an autoencoder
 * z = topk(relu(W x + b), k);            y = z W_dec + b_dec + W_skip x  a transcoder
 * }</pre>
 */
public final class SparsifyReader {
  private SparsifyReader() {}

  /**
   * Reads a model.
   *
   * @param listener receives the progress of reading
   * @throws WtaException if a file is damaged or no family here computes what it holds
   */
  public static ImportedSae read(Path folder, ProgressListener listener) {
    ForeignConfig config = ForeignConfig.read(folder.resolve("cfg.json"));
    requireHeld(config);
    int inputs = config.whole("d_in", 1);
    int listed = config.whole("num_latents", 0);
    int latents =
        listed > 0 ? listed : Math.multiplyExact(inputs, config.whole("expansion_factor", 1));
    int k = config.whole("k", 1);
    boolean transcodes = config.flag("transcode", false);
    boolean skips = config.flag("skip_connection", false);
    SaeWeights weights;
    try (ForeignTensors tensors =
        ForeignTensors.open(folder.resolve("sae.safetensors"), listener)) {
      weights =
          new SaeWeights(
              tensors.values("encoder.weight", latents, inputs),
              tensors.values("encoder.bias", latents),
              tensors.values("W_dec", latents, inputs),
              tensors.values("b_dec", inputs),
              skips ? Optional.of(tensors.values("W_skip", inputs, inputs)) : Optional.empty());
      tensors.requireNoOther("SparseCoder with activation topk");
    }
    return ImportedSae.of(
        weights,
        new SaeCode.TopK(k, false),
        transcodes,
        config.flag("normalize_decoder", true),
        ImportedSae.Normalisation.NONE,
        Source.of("sparsify", "topk", folder),
        List.of());
  }

  private static void requireHeld(ForeignConfig config) {
    String activation = config.text("activation").orElse("topk");
    if (!activation.equals("topk")) {
      throw refused(config, "activation '%s'".formatted(activation), "activation topk");
    }
    if (config.flag("signed", false)) {
      throw refused(config, "signed codes", "codes that are not negative");
    }
    if (config.flag("skip_connection", false) && !config.flag("transcode", false)) {
      throw refused(config, "a skip connection without transcode", "transcoders with one");
    }
  }

  private static WtaException refused(ForeignConfig config, String what, String held) {
    return new WtaException(
        "%s has %s, which no family here has".formatted(config.file(), what),
        "import %s".formatted(held));
  }
}
