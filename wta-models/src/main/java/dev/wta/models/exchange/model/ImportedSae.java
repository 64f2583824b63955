package dev.wta.models.exchange.model;

import dev.wta.api.ProgressListener;
import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.api.op.Memory;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.data.preprocessing.Preprocessing;
import dev.wta.data.preprocessing.Standardise;
import dev.wta.models.Model;
import dev.wta.models.ModelFamilies;
import dev.wta.models.ModelFamily;
import dev.wta.models.autodiff.Parameter;
import dev.wta.models.io.ReportingStream;
import dev.wta.models.io.SafetensorsWriter;
import dev.wta.models.run.RunConfig;
import dev.wta.models.run.RunWriter;
import dev.wta.models.run.TrainingState;
import dev.wta.models.sae.TranscoderSettings;
import dev.wta.models.settings.SettingsSpec;
import dev.wta.models.training.TrainingSettings;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A sparse autoencoder that another tool trained, in the form that this library has for it: a
 * family, its settings and its parameters.
 *
 * <pre>{@code
 * ImportedSae sae = SaeFormat.recognise(Path.of("gpt2-sae")).read(Path.of("gpt2-sae"));
 * sae.write(Path.of("runs/gpt2"), backend);
 * }</pre>
 *
 * @param family of the model, such as {@code jumprelu}
 * @param inputs the numbers of a sample
 * @param settings of the model, by key; the others have the family's defaults
 * @param parameters by their names in a checkpoint, row-major
 * @param normalisation what each sample goes through first
 * @param source where it is from, for {@code data} in {@code config.json}: {@code format,
 *     architecture, path} and what the tool's configuration says of its data
 * @param notes what a user should know of the conversion: sentences without a full stop
 */
public record ImportedSae(
    String family,
    int inputs,
    Map<String, Object> settings,
    Map<String, float[]> parameters,
    Normalisation normalisation,
    Map<String, Object> source,
    List<String> notes) {

  /**
   * What a tool does to each sample by itself, as a step of pre-processing.
   *
   * @param steps as the setting {@code preprocess} has them
   * @param step the same
   */
  public record Normalisation(List<String> steps, Preprocessing step) {
    public static final Normalisation NONE = new Normalisation(List.of(), Preprocessing.none());

    private static final double LAYER_NORM_EPSILON = 1e-5;

    /**
     * {@code (x - mean) / (deviation + 1e-5)} with the deviation of n - 1, but for {@link
     * #layerNormFactor}, by which encoders have to be multiplied.
     */
    public static Normalisation layerNorm(int inputs) {
      double epsilon = LAYER_NORM_EPSILON * layerNormFactor(inputs);
      return new Normalisation(
          List.of("standardise(0,%s)".formatted(epsilon)), new Standardise(0, epsilon));
    }

    /** The deviation of n over that of n - 1. */
    public static double layerNormFactor(int inputs) {
      return Math.sqrt((inputs - 1.0) / inputs);
    }
  }

  /**
   * A model of weights and a code.
   *
   * @param transcodes whether it is a transcoder
   * @param unitRows whether further training keeps rows of D at length 1, if latents do not compete
   *     by lengths
   */
  public static ImportedSae of(
      SaeWeights weights,
      SaeCode code,
      boolean transcodes,
      boolean unitRows,
      Normalisation normalisation,
      Map<String, Object> source,
      List<String> notes) {
    Map<String, Object> settings = SaeParts.settings(weights, code, unitRows);
    String family = SaeParts.family(code);
    if (transcodes) {
      family += TrainedSae.OF_TRANSCODERS;
      settings.putAll(TranscoderSettings.outputs(Shape.of(weights.outputs())));
      settings.put("skip", weights.skip().isPresent());
    }
    return new ImportedSae(
        family,
        weights.inputs(),
        settings,
        SaeParts.parameters(weights, code),
        normalisation,
        source,
        List.copyOf(notes));
  }

  /** The same with other settings, too. */
  public ImportedSae with(Map<String, Object> more) {
    Map<String, Object> all = new LinkedHashMap<>(settings);
    all.putAll(more);
    return new ImportedSae(family, inputs, all, parameters, normalisation, source, notes);
  }

  /** The number of latents. */
  public int latents() {
    return parameters.get("encoder.bias").length;
  }

  /**
   * Writes a run that {@code wta encode}, {@code probe} and the rest take as one of their own. It
   * has a checkpoint before the first step, without an optimiser's state: a training that begins
   * from it ({@code wta train --from}) begins with a fresh one.
   *
   * @param run a folder that holds no run
   * @param backend what assembles the model
   * @throws WtaException if there is a run, it cannot be written, or a setting is beyond what the
   *     family allows
   */
  public void write(Path run, Backend backend) {
    write(run, backend, ProgressListener.SILENT);
  }

  /** As {@link #write(Path, Backend)}; {@code listener} receives the progress. */
  public void write(Path run, Backend backend, ProgressListener listener) {
    RunWriter.requireNoRun(run);
    try {
      writeNew(run, backend, listener);
    } catch (RuntimeException failed) {
      RunWriter.remove(run); // an import cannot be resumed
      throw failed;
    }
  }

  private void writeNew(Path run, Backend backend, ProgressListener listener) {
    ModelFamily known = ModelFamilies.named(family);
    Shape sample = Shape.of(inputs);
    try (Model model =
        (Model) known.create(known.settings().parse(settings), sample, backend, Seed.of(0))) {
      fill(model);
      try (RunWriter writer =
          RunWriter.create(
              run,
              config(known, model),
              normalisation.step(),
              model.target().map(_ -> Preprocessing.none()))) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        model.parameters().forEach(own -> tensors.put(own.name(), own.value()));
        long bytes = Float.BYTES * tensors.values().stream().mapToLong(Tensor::size).sum();
        Map<String, String> metadata = Map.of("family", family);
        Memory memory = backend.memory();
        writer.save(
            TrainingState.START,
            out ->
                SafetensorsWriter.write(
                    new ReportingStream(out, "writing the run", bytes, listener),
                    memory,
                    tensors,
                    metadata),
            out -> SafetensorsWriter.write(out, memory, Map.<String, Tensor>of(), metadata));
      }
    }
  }

  private void fill(Model model) {
    Memory memory = model.backend().memory();
    Map<String, float[]> left = new LinkedHashMap<>(parameters);
    for (Parameter parameter : model.parameters()) {
      float[] values = left.remove(parameter.name());
      if (values != null) {
        memory.upload(values, 0, parameter.value());
      } else if (parameter.learnt()) {
        throw new IllegalStateException("no values for " + parameter.name() + " of " + family);
      }
    }
    if (!left.isEmpty()) {
      throw new IllegalStateException("%s has no parameters %s".formatted(family, left.keySet()));
    }
  }

  private RunConfig config(ModelFamily known, Model model) {
    SettingsSpec<TrainingSettings> spec = TrainingSettings.of(known);
    Map<String, Object> steps = new LinkedHashMap<>();
    steps.put("preprocess", normalisation.steps());
    Map<String, Object> target = new LinkedHashMap<>();
    model
        .target()
        .ifPresent(
            shape -> {
              steps.put("target-preprocess", List.of());
              target.putAll(unseen(shape));
              target.put("preprocessing", Preprocessing.none().describe());
            });
    Map<String, Object> training = spec.toMap(spec.parse(steps));
    Map<String, Object> data = unseen(Shape.of(inputs));
    data.put("imported", source);
    return new RunConfig(
        family,
        model.sampleShape(),
        model.settings().toMap(),
        training,
        normalisation.step().describe(),
        data,
        target,
        RunConfig.describe(model.backend()),
        RunConfig.runningVersions(),
        Optional.empty());
  }

  /** What a configuration says of data that only the other tool has seen. */
  private Map<String, Object> unseen(Shape shape) {
    Map<String, Object> data = new LinkedHashMap<>();
    data.put("name", source.get("format") + " model");
    data.put("samples", 0);
    data.put("shape", shape.extents());
    data.put("digest", "");
    return data;
  }
}
