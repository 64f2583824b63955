package dev.wta.models.exchange;

import dev.wta.api.WtaException;
import dev.wta.api.WtaVersion;
import dev.wta.api.backend.Backend;
import dev.wta.api.tensor.Shape;
import dev.wta.data.preprocessing.Center;
import dev.wta.data.preprocessing.Chain;
import dev.wta.data.preprocessing.Preprocessing;
import dev.wta.data.preprocessing.Scaling;
import dev.wta.models.Model;
import dev.wta.models.autodiff.Parameter;
import dev.wta.models.io.FileOperations;
import dev.wta.models.io.Json;
import dev.wta.models.io.Safetensors;
import dev.wta.models.io.WriteFailures;
import dev.wta.models.run.RunDirectory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * Writes a run's sparse autoencoder as SAELens 6 has them: {@code cfg.json} and {@code
 * sae_weights.safetensors}, float32. It encodes samples as they are before pre-processing, which is
 * folded into the weights.
 *
 * <p>{@code batch-topk} and {@code matryoshka} are exported as {@code jumprelu}, as SAELens itself
 * does, with a threshold for each latent. A {@code topk} whose latents compete by activation times
 * row length has {@code rescale_acts_by_decoder_norm} there, and codes of SAELens are those
 * products.
 */
public final class SaeLensExport {
  /** The version whose form the files have. */
  private static final String VERSION = "6.54.12";

  private static final String CONFIG = "cfg.json";
  private static final String WEIGHTS = "sae_weights.safetensors";
  private static final List<String> FAMILIES =
      List.of("standard", "topk", "batch-topk", "matryoshka", "jumprelu", "gated");

  private final Map<String, float[]> parameters = new LinkedHashMap<>();
  private final Map<String, Object> settings;
  private final SaeWeights weights;
  private final Map<String, float[]> tensors = new LinkedHashMap<>();
  private final Map<String, Object> ofArchitecture = new LinkedHashMap<>();

  private SaeLensExport(Model model) {
    for (Parameter parameter : model.parameters()) {
      parameters.put(parameter.name(), model.backend().memory().download(parameter.value()));
    }
    settings = model.settings().toMap();
    weights =
        beforePreprocessing(
            new SaeWeights(
                parameters.get("encoder.weight"),
                parameters.get("encoder.bias"),
                parameters.get("decoder.weight"),
                parameters.get("decoder.bias")),
            model.preprocessing().orElseGet(Preprocessing::none));
  }

  /** The names of the files. */
  public static List<String> fileNames() {
    return List.of(CONFIG, WEIGHTS);
  }

  /**
   * Exports a run's last checkpoint.
   *
   * @param folder for the two files; it is made if need be, and they are replaced
   * @return what the model is there, such as {@code jumprelu}
   * @throws WtaException if the run's model is no sparse autoencoder that SAELens has, its
   *     pre-processing cannot be folded into weights, or the files cannot be written
   */
  public static String write(RunDirectory run, Backend backend, Path folder) {
    String family = run.config().family();
    if (!FAMILIES.contains(family)) {
      throw new WtaException(
          "%s holds a %s, which SAELens has not".formatted(run.path(), family),
          "export a run of " + String.join(", ", FAMILIES));
    }
    try (Model model = run.loadModel(backend)) {
      SaeLensExport export = new SaeLensExport(model);
      String architecture = export.gather(family);
      Files.createDirectories(folder);
      export.writeInto(folder, architecture);
      return architecture;
    } catch (IOException failed) {
      throw WriteFailures.writing(folder, failed);
    }
  }

  /** The weights of a model that sees what pre-processing sees, from its last step to its first. */
  private static SaeWeights beforePreprocessing(SaeWeights weights, Preprocessing step) {
    return switch (step) {
      case Chain chain -> {
        SaeWeights folded = weights;
        for (Preprocessing last : chain.steps().reversed()) {
          folded = beforePreprocessing(folded, last);
        }
        yield folded;
      }
      case Scaling scaling -> weights.ofUnscaledSamples(1.0 / scaling.divisor());
      case Center center -> weights.ofUncentredSamples(center.tensors().get("mean"));
      default ->
          throw new WtaException(
              "the pre-processing '%s' cannot be folded into weights"
                  .formatted(step.describe().get("kind")),
              "export a run whose preprocess has scale, center and mean-norm alone");
    };
  }

  /** Gathers the architecture's tensors and settings, and answers its name. */
  private String gather(String family) {
    int latents = weights.bias().length;
    tensors.put(
        "W_enc", SaeWeights.transposed(weights.encoder(), latents, weights.centre().length));
    tensors.put("W_dec", weights.decoder());
    tensors.put("b_dec", weights.centre());
    tensors.put(family.equals("gated") ? "b_gate" : "b_enc", weights.bias());
    return switch (family) {
      case "topk" -> {
        ofArchitecture.put("k", settings.get("k"));
        ofArchitecture.put("rescale_acts_by_decoder_norm", weighsLengths());
        yield family;
      }
      case "batch-topk", "matryoshka" -> {
        tensors.put("threshold", thresholdsOfAll(parameters.get("threshold")[0]));
        yield "jumprelu";
      }
      case "jumprelu" -> {
        tensors.put("threshold", thresholds());
        yield family;
      }
      case "gated" -> {
        tensors.put("r_mag", parameters.get("magnitude.log-scale"));
        tensors.put("b_mag", parameters.get("magnitude.bias"));
        yield family;
      }
      default -> family;
    };
  }

  private boolean weighsLengths() {
    return "weighted".equals(settings.get("decoder-rows"));
  }

  private float[] thresholds() {
    float[] logarithms = parameters.get("threshold.log");
    if (logarithms == null) {
      return parameters.get("threshold");
    }
    float[] thresholds = new float[logarithms.length];
    for (int i = 0; i < thresholds.length; i++) {
      thresholds[i] = (float) StrictMath.exp(logarithms[i]);
    }
    return thresholds;
  }

  /** {@code u |D| > t} is {@code u > t / |D|}; a latent with a row of zeros is never active. */
  private float[] thresholdsOfAll(float threshold) {
    float[] all = new float[weights.bias().length];
    Arrays.fill(all, threshold);
    if (weighsLengths()) {
      float[] rows = parameters.get("decoder.weight");
      for (int latent = 0; latent < all.length; latent++) {
        double length = SaeWeights.length(rows, latent, weights.centre().length);
        all[latent] = length > 0 ? (float) (threshold / length) : Float.MAX_VALUE;
      }
    }
    return all;
  }

  private void writeInto(Path folder, String architecture) throws IOException {
    int inputs = weights.centre().length;
    int latents = weights.bias().length;
    Map<String, Shape> shapes = new LinkedHashMap<>();
    tensors.forEach((name, values) -> shapes.put(name, Shape.of(values.length)));
    shapes.put("W_enc", Shape.of(inputs, latents));
    shapes.put("W_dec", Shape.of(latents, inputs));
    Map<String, Object> config = new LinkedHashMap<>();
    config.put("architecture", architecture);
    config.put("d_in", inputs);
    config.put("d_sae", latents);
    config.put("dtype", "float32");
    config.put("device", "cpu");
    config.put("apply_b_dec_to_input", true);
    config.put("normalize_activations", "none");
    config.put("reshape_activations", "none");
    config.putAll(ofArchitecture);
    config.put(
        "metadata", Map.of("sae_lens_version", VERSION, "wta_version", WtaVersion.current()));
    byte[] document = (Json.line(config) + "\n").getBytes(StandardCharsets.UTF_8);
    SequencedMap<Path, FileOperations.Content> files = new LinkedHashMap<>();
    files.put(
        folder.resolve(WEIGHTS), out -> Safetensors.write(out, shapes, tensors::get, Map.of()));
    files.put(folder.resolve(CONFIG), out -> out.write(document));
    FileOperations.REAL.replaceAll(files);
  }
}
