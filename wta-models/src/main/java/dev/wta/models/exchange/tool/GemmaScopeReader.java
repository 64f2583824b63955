package dev.wta.models.exchange.tool;

import dev.wta.api.ProgressListener;
import dev.wta.api.WtaException;
import dev.wta.models.exchange.file.ForeignConfig;
import dev.wta.models.exchange.file.ForeignTensors;
import dev.wta.models.exchange.file.NpzTensors;
import dev.wta.models.exchange.model.ImportedSae;
import dev.wta.models.exchange.model.SaeCode;
import dev.wta.models.exchange.model.SaeWeights;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Models of Gemma Scope: of the first {@code params.npz} with {@code W_enc (inputs, latents), W_dec
 * (latents, outputs), b_enc, b_dec} and {@code threshold}, of the second {@code config.json} and
 * {@code params.safetensors} with {@code w_enc, w_dec} and the rest, and {@code
 * affine_skip_connection (inputs, outputs)} if there is one.
 *
 * <pre>{@code
 * u = x W_enc + b_enc;  z = u where u > threshold, else 0;  y = z W_dec + b_dec + x S
 * }</pre>
 *
 * <p>The decoder's bias is not subtracted from the input. What is a transcoder is known by another
 * number of outputs, by a skip connection, or by a configuration that names another hook for the
 * output than for the input. The first Gemma Scope has no configuration: there the names of the
 * folders say {@code transcoder} or {@code embedding}, as in its repositories.
 */
public final class GemmaScopeReader {
  private static final String TRANSCODER = "transcoder";
  private static final String SKIP = "affine_skip_connection";

  /** A repository, a layer, a width and a sparsity. */
  private static final int FOLDERS = 4;

  private GemmaScopeReader() {}

  /**
   * Reads a model of the first Gemma Scope.
   *
   * @param path {@code params.npz}, or its folder
   * @param listener receives the progress of reading
   * @throws WtaException if it is damaged
   */
  public static ImportedSae readFirst(Path path, ProgressListener listener) {
    Path file = Files.isDirectory(path) ? path.resolve("params.npz") : path;
    try (ForeignTensors tensors = new ForeignTensors(file, NpzTensors.open(file), listener)) {
      String place = folders(file);
      boolean upper = tensors.has("W_enc");
      return read(
          tensors,
          upper ? "W_" : "w_",
          place.contains(TRANSCODER),
          place.contains("embedding"),
          Source.of("gemma-scope-1", "jumprelu", path));
    }
  }

  private static String folders(Path file) {
    StringBuilder names = new StringBuilder();
    Path folder = file.toAbsolutePath().getParent();
    for (int i = 0; i < FOLDERS && folder != null && folder.getFileName() != null; i++) {
      names.append(folder.getFileName()).append(' ');
      folder = folder.getParent();
    }
    return names.toString().toLowerCase(Locale.ROOT);
  }

  /**
   * Reads a model of the second Gemma Scope.
   *
   * @param listener receives the progress of reading
   * @throws WtaException if a file is damaged, or the architecture is no JumpReLU
   */
  public static ImportedSae readSecond(Path folder, ProgressListener listener) {
    ForeignConfig config = ForeignConfig.read(folder.resolve("config.json"));
    String architecture = config.text("architecture").orElse("none");
    if (!architecture.equals("jump_relu")) {
      throw new WtaException(
          "%s has the architecture '%s', which no Gemma Scope has"
              .formatted(config.file(), architecture),
          "import jump_relu");
    }
    Optional<String> in = config.text("hf_hook_point_in");
    Optional<String> out = config.text("hf_hook_point_out");
    Map<String, Object> source = Source.of("gemma-scope-2", "jumprelu", folder);
    config.text("model_name").ifPresent(model -> source.put("model", model));
    in.ifPresent(hook -> source.put("hook", hook));
    Path file = folder.resolve("params.safetensors");
    try (ForeignTensors tensors = ForeignTensors.open(file, listener)) {
      boolean elsewhere = out.isPresent() && !out.equals(in);
      return read(tensors, "w_", elsewhere, false, source);
    }
  }

  private static ImportedSae read(
      ForeignTensors tensors,
      String prefix,
      boolean namedTranscoder,
      boolean embedding,
      Map<String, Object> source) {
    int inputs = tensors.extent(prefix + "enc", 2, 0);
    int latents = tensors.extent(prefix + "enc", 2, 1);
    int outputs = tensors.extent(prefix + "dec", 2, 1);
    boolean skips = tensors.has(SKIP);
    boolean transcodes = namedTranscoder || skips || outputs != inputs;
    SaeWeights weights =
        new SaeWeights(
            SaeWeights.transposed(tensors.values(prefix + "enc", inputs, latents), inputs, latents),
            tensors.values("b_enc", latents),
            tensors.values(prefix + "dec", latents, outputs),
            tensors.values("b_dec", outputs),
            skips
                ? Optional.of(
                    SaeWeights.transposed(tensors.values(SKIP, inputs, outputs), inputs, outputs))
                : Optional.empty());
    SaeCode code = SaeCode.Above.rectified(tensors.values("threshold", latents));
    if (tensors.has("scaling_factor")) {
      requireOnes(tensors.values("scaling_factor", latents));
    }
    tensors.requireNoOther("model of Gemma Scope");
    List<String> notes = new ArrayList<>();
    if (embedding) {
      double root = Math.sqrt(inputs);
      weights = weights.encoderTimes(1 / root).decoderTimes(root);
      notes.add(
          "a folder says embedding: W_enc is divided by the root of the inputs, W_dec times it");
    }
    if (namedTranscoder) {
      notes.add("it is read as a transcoder, by the names of its folders or hooks");
    }
    if (!transcodes) {
      weights = weights.centred();
      notes.add("b_dec is not subtracted there: the encoder's biases make up for it");
    }
    return ImportedSae.of(
        weights, code, transcodes, false, ImportedSae.Normalisation.NONE, source, notes);
  }

  private static void requireOnes(float[] factors) {
    for (float factor : factors) {
      if (factor != 1) {
        throw new WtaException(
            "the model has a fine-tuned scaling_factor, which no family here has",
            "import one without");
      }
    }
  }
}
