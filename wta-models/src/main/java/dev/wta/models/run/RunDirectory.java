package dev.wta.models.run;

import dev.wta.api.ProgressListener;
import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.api.op.Memory;
import dev.wta.api.tensor.Shape;
import dev.wta.data.Dataset;
import dev.wta.data.preprocessing.Preprocessing;
import dev.wta.models.Encoder;
import dev.wta.models.FeatureExtractor;
import dev.wta.models.Model;
import dev.wta.models.ModelFamilies;
import dev.wta.models.autodiff.Parameter;
import dev.wta.models.io.FileOperations;
import dev.wta.models.io.Safetensors;
import dev.wta.models.io.SealedJson;
import dev.wta.models.io.WriteFailures;
import dev.wta.models.optimizer.OptimizerState;
import dev.wta.models.run.metrics.MetricsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A run on disk, to read: its configuration, its last checkpoint and its metrics.
 *
 * <ul>
 *   <li>{@code config.json}: the {@link RunConfig}
 *   <li>{@code model.safetensors}: the parameters, by {@link Parameter#name}
 *   <li>{@code trainer.safetensors}: the optimiser's state, by parameter and moment, such as {@code
 *       encoder.0.weight.m}, and the tensors of {@link ParameterCopy} and {@link
 *       AveragedParameters}
 *   <li>{@code state.json}: the {@link TrainingState}, and the checksums of the two files above
 *   <li>{@code metrics.jsonl}: one line per logging interval
 *   <li>{@code events.out.tfevents.*}: the same for TensorBoard
 *   <li>{@code preprocessing.safetensors}: the fitted values of the pre-processing, if any
 *   <li>{@code preprocessed.arrow}: the pre-processed training samples, during training only, if
 *       pre-processing is slow
 *   <li>{@code probes/*.json}: the results of probes
 *   <li>{@code evaluation.json}: the result of the last evaluation
 *   <li>{@code layers/1}, {@code layers/2}, ...: the runs of the layers of a stack, which has
 *       {@code config.json} as its only other file
 * </ul>
 *
 * <p>A run may be read while it is being trained.
 */
public final class RunDirectory {
  /** The file without which a folder holds no run. */
  public static final String CONFIG = "config.json";

  static final String LAYERS = "layers";
  static final String METRICS = "metrics.jsonl";
  static final String PROBES = "probes";
  static final String EVALUATION = "evaluation.json";

  /** The pre-processed samples, during training. */
  public static final String PREPROCESSED = "preprocessed.arrow";

  private final Path path;
  private final RunConfig config;

  private RunDirectory(Path path, RunConfig config) {
    this.path = path;
    this.config = config;
  }

  /**
   * Whether a path is that of a file that belongs to a run, existing or not, such as {@code
   * RUN/model.safetensors} or {@code RUN/probes/svm-0.json}; case is ignored. Other files in a
   * run's folder do not belong to it.
   *
   * @param file an absolute path without links
   */
  public static boolean owns(Path file) {
    return RunFiles.owner(file).isPresent();
  }

  /**
   * The files that belong to the run in {@code path}, and to its layers.
   *
   * @throws WtaException if the folder cannot be read
   */
  public static List<Path> files(Path path) {
    return RunFiles.in(path);
  }

  /** Whether there is a run in {@code path}. */
  public static boolean holdsRun(Path path) {
    return Files.exists(path.resolve(CONFIG));
  }

  /**
   * Opens a run.
   *
   * @throws WtaException if there is none, or its configuration cannot be read
   */
  public static RunDirectory open(Path path) {
    Path file = path.resolve(CONFIG);
    try {
      return new RunDirectory(path, RunConfig.of(SealedJson.read(file), file));
    } catch (NoSuchFileException missing) {
      throw new WtaException(
          "%s holds no run: it has no %s".formatted(path, CONFIG),
          "give the folder that training wrote to",
          missing);
    }
  }

  public Path path() {
    return path;
  }

  public RunConfig config() {
    return config;
  }

  /**
   * The runs of the layers of a stack that exist so far, beginning at the data; empty for other
   * models. Each has its own configuration, checkpoints and metrics.
   */
  public List<RunDirectory> layers() {
    List<RunDirectory> begun = new ArrayList<>();
    while (holdsRun(layer(path, begun.size() + 1))) {
      begun.add(open(layer(path, begun.size() + 1)));
    }
    return begun;
  }

  /**
   * The folder of the run of a layer.
   *
   * @param number the number of the layer, from 1
   */
  public static Path layer(Path run, int number) {
    return run.resolve(LAYERS).resolve(Integer.toString(number));
  }

  /**
   * The state of the last checkpoint, for a stack that of the layer trained last; empty if there is
   * no checkpoint yet.
   */
  public Optional<TrainingState> state() {
    List<RunDirectory> begun = layers();
    if (!begun.isEmpty()) {
      return begun.getLast().state();
    }
    return checkpoint().state();
  }

  /** The file with one line of metrics per logging interval; it may not exist yet. */
  public Path metrics() {
    return path.resolve(METRICS);
  }

  /** The lines of {@link #metrics}, oldest first, without an incomplete last one. */
  public List<Map<String, Object>> readMetrics() {
    return new MetricsFile(metrics(), FileOperations.REAL).read();
  }

  /**
   * Writes the result of a probe, replacing an earlier one of that name.
   *
   * @param name letters, digits and hyphens
   * @param result maps, lists, text and numbers
   * @return the file
   * @throws WtaException if it cannot be written
   */
  public Path keepProbe(String name, Map<String, ?> result) {
    return new ProbeFiles(path.resolve(PROBES), FileOperations.REAL).keep(name, result);
  }

  /**
   * The results written by {@link #keepProbe}, ordered by name.
   *
   * @throws WtaException if one is damaged
   */
  public List<Map<String, Object>> probes() {
    return new ProbeFiles(path.resolve(PROBES), FileOperations.REAL).read();
  }

  /**
   * Writes the result of an evaluation, replacing an earlier one.
   *
   * @param result maps, lists, text and numbers
   * @return the file
   * @throws WtaException if it cannot be written
   */
  public Path keepEvaluation(Map<String, ?> result) {
    Path file = path.resolve(EVALUATION);
    try {
      FileOperations.REAL.replace(file, out -> out.write(SealedJson.document(result)));
      return file;
    } catch (IOException failed) {
      throw WriteFailures.writing(file, failed);
    }
  }

  /**
   * The result written by {@link #keepEvaluation}, if any.
   *
   * @throws WtaException if it is damaged
   */
  public Optional<Map<String, Object>> evaluation() {
    try {
      return Optional.of(SealedJson.read(path.resolve(EVALUATION)));
    } catch (NoSuchFileException never) {
      return Optional.empty();
    }
  }

  /** The pre-processing of the run's samples. */
  public Preprocessing preprocessing() {
    List<RunDirectory> begun = layers();
    if (!begun.isEmpty()) {
      return begun.getFirst().preprocessing();
    }
    return PreprocessingFile.read(path).ofSamples(config.preprocessing());
  }

  /** The pre-processing of a transcoder's targets; empty for other models. */
  public Optional<Preprocessing> targetPreprocessing() {
    return config.target().isEmpty()
        ? Optional.empty()
        : Optional.of(PreprocessingFile.read(path).ofTargets(config.targetPreprocessing()));
  }

  /**
   * Loads the model of the last checkpoint, with its pre-processing, into the memory of {@code
   * backend}: a {@link Model}, or a stack of them. The caller closes it.
   *
   * @throws WtaException if there is no checkpoint yet, it is damaged, or the model's family is not
   *     on the class path
   */
  public FeatureExtractor load(Backend backend) {
    return load(backend, Map.of());
  }

  /** As {@link #load(Backend)}; {@code listener} receives the number of values read so far. */
  public FeatureExtractor load(Backend backend, ProgressListener listener) {
    return new ModelLoader(this).load(backend, Map.of(), config.sample(), listener);
  }

  /**
   * As {@link #load(Backend)}, with some settings changed, such as {@code pool}.
   *
   * @param changed the new values by key; settings that shape parameters cannot change
   * @throws WtaException also if the model has no such setting, or the value is wrong
   */
  public FeatureExtractor load(Backend backend, Map<String, ?> changed) {
    return new ModelLoader(this).load(backend, changed, config.sample(), ProgressListener.SILENT);
  }

  /**
   * As {@link #load(Backend, Map)}, for the images of a data set: a convolutional model that was
   * trained on images or patches of one size can encode images of any other.
   *
   * @throws WtaException as {@link #load(Backend, Map)}; where the model cannot encode samples of
   *     that shape, {@link FeatureExtractor#requireShape} says so
   */
  public FeatureExtractor loadFor(Dataset data, Backend backend, Map<String, ?> changed) {
    FeatureExtractor loaded = load(backend, changed);
    Shape shape = data.sampleShape();
    if (shape.equals(loaded.sampleShape()) || !loaded.encodesPictures(shape)) {
      return loaded;
    }
    loaded.close();
    return new ModelLoader(this).load(backend, changed, shape, ProgressListener.SILENT);
  }

  /**
   * A thread-safe encoder with the model of the last checkpoint. The caller closes it.
   *
   * @throws WtaException as {@link #load(Backend)}
   */
  public Encoder encoder(Backend backend) {
    return encoder(backend, Map.of());
  }

  /** As {@link #encoder(Backend)}, with other settings, see {@link #load(Backend, Map)}. */
  public Encoder encoder(Backend backend, Map<String, ?> changed) {
    return Encoder.owning(load(backend, changed));
  }

  /**
   * As {@link #load(Backend)}, for models other than stacks.
   *
   * @throws WtaException also if this is the run of a stack
   */
  public Model loadModel(Backend backend) {
    return loadModel(backend, Map.of());
  }

  /** As {@link #load(Backend, Map)}, for models other than stacks. */
  public Model loadModel(Backend backend, Map<String, ?> changed) {
    if (ModelFamilies.named(config.family()).trainsByLayer()) {
      throw new WtaException(
          "%s was trained a layer at a time, and is no single model".formatted(path),
          "use load, or the runs of its layers");
    }
    return (Model) load(backend, changed);
  }

  /**
   * Gives a model of this run's configuration the parameters of the last checkpoint, and the run's
   * pre-processing.
   *
   * @throws WtaException if there is no checkpoint yet, or it is damaged
   */
  public void restore(FeatureExtractor model) {
    new ModelLoader(this).restore(model, ProgressListener.SILENT);
  }

  /**
   * The shapes of the last checkpoint's parameters, by name; empty before the first and in a run of
   * layers, whose runs have their own.
   *
   * @throws WtaException if it is damaged
   */
  public Map<String, Shape> parameterShapes() {
    Map<String, Shape> shapes = new LinkedHashMap<>();
    if (layers().isEmpty() && state().isPresent()) {
      try (Safetensors saved = parameters()) {
        saved.names().forEach(name -> shapes.put(name, saved.shape(name)));
      }
    }
    return shapes;
  }

  /**
   * The parameters of the last checkpoint of a model that was trained as a whole. The caller closes
   * it.
   *
   * @throws WtaException if there is no checkpoint yet, or it is damaged
   */
  public Safetensors parameters() {
    return checkpoint().open(CheckpointFiles.MODEL);
  }

  /**
   * Gives an optimiser's state that of the last checkpoint.
   *
   * @throws WtaException if there is no checkpoint yet, it is damaged, or the run's optimiser
   *     remembers something else
   */
  public void restore(OptimizerState optimizer, Memory memory) {
    try (Safetensors saved = checkpoint().open(CheckpointFiles.TRAINER)) {
      saved.loadAmong(memory, optimizer.tensors());
    }
  }

  private CheckpointFiles checkpoint() {
    return new CheckpointFiles(path, FileOperations.REAL);
  }
}
