package dev.wta.models.exchange;

import dev.wta.api.WtaException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Models of EleutherAI's sparsify: {@code cfg.json} and {@code sae.safetensors}, with {@code
 * encoder.weight (latents, inputs)}, {@code encoder.bias}, {@code W_dec (latents, inputs)} and
 * {@code b_dec}.
 *
 * <pre>{@code
 * z = topk(relu(W (x - b_dec) + b), k);  y = z W_dec + b_dec
 * }</pre>
 */
final class SparsifyReader {
  private SparsifyReader() {}

  static ImportedSae read(Path folder) {
    ForeignConfig config = ForeignConfig.read(folder.resolve("cfg.json"));
    requireHeld(config);
    int inputs = config.whole("d_in", 1);
    int listed = config.whole("num_latents", 0);
    int latents =
        listed > 0 ? listed : Math.multiplyExact(inputs, config.whole("expansion_factor", 1));
    int k = config.whole("k", 1);
    SaeWeights weights;
    try (ForeignTensors tensors = ForeignTensors.open(folder.resolve("sae.safetensors"))) {
      weights =
          new SaeWeights(
              tensors.values("encoder.weight", latents, inputs),
              tensors.values("encoder.bias", latents),
              tensors.values("W_dec", latents, inputs),
              tensors.values("b_dec", inputs));
      tensors.requireNoOther("SparseCoder with activation topk");
    }
    String rows = config.flag("normalize_decoder", true) ? "unit" : "free";
    Map<String, Object> settings = SaeParts.settings(latents, rows);
    settings.put("k", k);
    Map<String, Object> source = new LinkedHashMap<>();
    source.put("format", "sparsify");
    source.put("architecture", "topk");
    source.put("path", folder.toString());
    return new ImportedSae(
        "topk",
        inputs,
        settings,
        SaeParts.parameters(weights),
        ImportedSae.Normalisation.NONE,
        source,
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
    if (config.flag("transcode", false)) {
      throw refused(config, "a transcoder", "models that reconstruct their input");
    }
    if (config.flag("skip_connection", false)) {
      throw refused(config, "a skip connection", "models without one");
    }
  }

  private static WtaException refused(ForeignConfig config, String what, String held) {
    return new WtaException(
        "%s has %s, which no family here has".formatted(config.file(), what),
        "import %s".formatted(held));
  }
}
