package dev.wta.models.run;

import dev.wta.api.WtaException;
import dev.wta.api.op.Memory;
import dev.wta.api.tensor.Tensor;
import dev.wta.data.preprocessing.Preprocessing;
import dev.wta.models.Model;
import dev.wta.models.io.FileOperations;
import dev.wta.models.io.Safetensors;
import dev.wta.models.io.SafetensorsWriter;
import dev.wta.models.io.SealedJson;
import dev.wta.models.io.WriteFailures;
import dev.wta.models.optimizer.OptimizerState;
import dev.wta.models.run.metrics.MetricsFile;
import dev.wta.models.run.metrics.TensorBoardFiles;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A run that is being trained: writes its checkpoints and metrics, and keeps other trainers out
 * until it is closed.
 */
public final class RunWriter implements AutoCloseable {
  private final Path directory;
  private final RunLock lock;
  private final CheckpointFiles checkpoints;
  private final MetricsFile metrics;
  private final TensorBoardFiles events;
  private Optional<TrainingState> state = Optional.empty();
  private Optional<String> note = Optional.empty();

  private RunWriter(Path directory, RunLock lock, FileOperations disk) {
    this.directory = directory;
    this.lock = lock;
    this.checkpoints = new CheckpointFiles(directory, disk);
    this.metrics = new MetricsFile(directory.resolve(RunDirectory.METRICS), disk);
    this.events = new TensorBoardFiles(directory, disk);
  }

  /**
   * Starts a run in a folder that holds none, and creates the folder if needed.
   *
   * @param ofTargets the targets' pre-processing, for a transcoder
   * @throws WtaException if there is a run already, or the folder cannot be written
   */
  public static RunWriter create(
      Path directory,
      RunConfig config,
      Preprocessing preprocessing,
      Optional<Preprocessing> ofTargets) {
    return create(directory, config, preprocessing, ofTargets, FileOperations.REAL);
  }

  static RunWriter create(
      Path directory,
      RunConfig config,
      Preprocessing preprocessing,
      Optional<Preprocessing> ofTargets,
      FileOperations disk) {
    requireNoRun(directory);
    try {
      Files.createDirectories(directory);
    } catch (IOException failed) {
      throw WriteFailures.writing(directory, failed);
    }
    RunLock lock = RunLock.take(directory);
    try {
      requireNoRun(directory);
      RunWriter run = new RunWriter(directory, lock, disk);
      PreprocessingFile fitted = PreprocessingFile.of(preprocessing, ofTargets);
      if (!fitted.isEmpty()) {
        disk.replace(directory.resolve(PreprocessingFile.NAME), fitted::write);
      }
      run.writeConfig(config, disk);
      return run;
    } catch (IOException failed) {
      lock.close();
      throw WriteFailures.writing(directory, failed);
    } catch (RuntimeException failed) {
      lock.close();
      throw failed;
    }
  }

  /** Where the files of {@link #write} go: a folder of any kind. */
  @FunctionalInterface
  public interface Target {
    /** Creates a file, which is complete once the stream is closed. */
    OutputStream create(String name) throws IOException;
  }

  /**
   * Writes a finished run to a folder on any file system, one file after the other. {@code
   * config.json}, without which there is no run, is written last.
   *
   * @param ofTargets the targets' pre-processing, for a transcoder
   * @param state the state of training at its end
   * @param parameters a safetensors file with all of the model's
   * @param moments one with the optimiser's state
   */
  public static void write(
      Target target,
      RunConfig config,
      Preprocessing preprocessing,
      Optional<Preprocessing> ofTargets,
      TrainingState state,
      FileOperations.Content parameters,
      FileOperations.Content moments)
      throws IOException {
    PreprocessingFile fitted = PreprocessingFile.of(preprocessing, ofTargets);
    if (!fitted.isEmpty()) {
      try (OutputStream out = target.create(PreprocessingFile.NAME)) {
        fitted.write(out);
      }
    }
    Map<String, Object> files = new LinkedHashMap<>();
    try (OutputStream out = target.create(CheckpointFiles.MODEL)) {
      files.put(CheckpointFiles.MODEL, CheckpointFiles.written(parameters, out));
    }
    try (OutputStream out = target.create(CheckpointFiles.TRAINER)) {
      files.put(CheckpointFiles.TRAINER, CheckpointFiles.written(moments, out));
    }
    try (OutputStream out = target.create(CheckpointFiles.STATE)) {
      out.write(CheckpointFiles.document(state, files));
    }
    try (OutputStream out = target.create(RunDirectory.CONFIG)) {
      out.write(SealedJson.document(config.toMap()));
    }
  }

  /**
   * Resumes the run in {@code directory} from its last checkpoint, or from the start if it has none
   * yet. Metrics that were written after that checkpoint are dropped; what cannot be read as
   * metrics is moved aside, into {@code metrics.jsonl.unread} and {@code unread.*.events}.
   *
   * @throws WtaException if there is no run, or {@code config} would train it differently
   */
  public static RunWriter resume(Path directory, RunConfig config) {
    return resume(directory, config, FileOperations.REAL);
  }

  static RunWriter resume(Path directory, RunConfig config, FileOperations disk) {
    if (!RunDirectory.holdsRun(directory)) {
      throw new WtaException(
          "%s holds no run to resume".formatted(directory), "leave out resuming to start one");
    }
    RunLock lock = RunLock.take(directory);
    try {
      RunConfig earlier = RunDirectory.open(directory).config();
      if (earlier.streamed()) {
        throw streamGone(directory);
      }
      List<String> differences = RunDifferences.forResuming(earlier, config);
      if (!differences.isEmpty()) {
        throw new WtaException(
            "%s was configured differently: %s"
                .formatted(directory, String.join("; ", differences)),
            "resume with the run's own settings, or start another run");
      }
      RunWriter run = new RunWriter(directory, lock, disk);
      run.state = run.checkpoints.recover();
      requireParameters(directory, earlier, run.state);
      // Written before anything is dropped, so that what fails has changed nothing.
      boolean begun =
          run.state.isPresent() || RunDirectory.holdsRun(RunDirectory.layer(directory, 1));
      run.note = begun ? config.noteAfter(earlier) : Optional.empty();
      run.writeConfig(begun ? config.continuing(earlier, run.state().step()) : config, disk);
      run.metrics.truncate(run.state().step());
      run.events.truncate(run.state().step());
      return run;
    } catch (IOException failed) {
      lock.close();
      throw WriteFailures.writing(directory, failed);
    } catch (RuntimeException failed) {
      lock.close();
      throw failed;
    }
  }

  /** The error of resuming a run on a stream, with its remedy. */
  public static WtaException streamGone(Path directory) {
    return new WtaException(
        "%s cannot be resumed from a stream: its samples have gone by".formatted(directory),
        "start a run from the parameters of its last checkpoint: --from %s --data ... --out NEW (Trainer.from in a program)"
            .formatted(directory));
  }

  /**
   * A run that starts from another run's parameters saves them before its first step: without a
   * checkpoint it does not have them.
   */
  private static void requireParameters(
      Path directory, RunConfig config, Optional<TrainingState> state) {
    if (state.isEmpty() && config.from().isPresent()) {
      throw new WtaException(
          "%s has no checkpoint: it ended before it had the parameters of %s"
              .formatted(directory, config.from().get().run()),
          "delete the folder, and start from that run again");
    }
  }

  /**
   * Checks that there is no run in {@code directory} yet, and nothing that one would write over.
   *
   * @throws WtaException if there is
   */
  public static void requireNoRun(Path directory) {
    if (RunDirectory.holdsRun(directory)) {
      throw new WtaException(
          "%s already holds a run".formatted(directory),
          "resume it (--resume), or choose another folder");
    }
    RunFiles.requireNoneOf(directory);
  }

  /**
   * Removes the files of a run that was started and is not wanted, and its folder if nothing else
   * is in it.
   */
  public static void remove(Path directory) {
    RunFiles.remove(directory);
  }

  private void writeConfig(RunConfig config, FileOperations disk) throws IOException {
    disk.replace(
        directory.resolve(RunDirectory.CONFIG),
        out -> out.write(SealedJson.document(config.toMap())));
  }

  /** The state of the run: the start, unless it was resumed from a checkpoint. */
  public TrainingState state() {
    return state.orElse(TrainingState.START);
  }

  /** A warning about resuming this run here; empty if there is none. */
  public Optional<String> note() {
    return note;
  }

  /**
   * Loads the checkpoint that the run was resumed from, if there is one.
   *
   * @param average for a run that averages its parameters
   * @param best for a run that keeps the parameters of its best epoch
   */
  public void restore(
      Model model,
      OptimizerState optimizer,
      Optional<AveragedParameters> average,
      Optional<ParameterCopy> best) {
    if (state.isPresent()) {
      Memory memory = model.backend().memory();
      try (Safetensors parameters = checkpoints.open(CheckpointFiles.MODEL);
          Safetensors moments = checkpoints.open(CheckpointFiles.TRAINER)) {
        parameters.load(memory, published(model, average, best));
        moments.load(memory, remembered(optimizer, average, best));
      }
    }
  }

  /**
   * Saves a checkpoint, in place of the last one.
   *
   * @param average for a run that averages its parameters
   * @param best for a run that keeps the parameters of its best epoch
   */
  public void save(
      TrainingState now,
      Model model,
      OptimizerState optimizer,
      Optional<AveragedParameters> average,
      Optional<ParameterCopy> best) {
    Memory memory = model.backend().memory();
    Map<String, String> metadata = Map.of("family", model.family());
    checkpoints.save(
        now,
        out -> SafetensorsWriter.write(out, memory, published(model, average, best), metadata),
        out ->
            SafetensorsWriter.write(out, memory, remembered(optimizer, average, best), metadata));
  }

  /**
   * As {@link #save(TrainingState, Model, OptimizerState, Optional, Optional)}, for a model that is
   * not in memory as a {@link Model}, such as an imported one.
   *
   * @param parameters a safetensors file with all of the model's
   * @param moments one with the optimiser's state
   */
  public void save(
      TrainingState now, FileOperations.Content parameters, FileOperations.Content moments) {
    checkpoints.save(now, parameters, moments);
  }

  /** The parameters that users of the run get. */
  private static Map<String, Tensor> published(
      Model model, Optional<AveragedParameters> average, Optional<ParameterCopy> best) {
    return best.or(() -> average)
        .map(ParameterCopy::copies)
        .orElseGet(() -> CheckpointFiles.parameters(model));
  }

  /** What a resumed training needs besides those. */
  private static Map<String, Tensor> remembered(
      OptimizerState optimizer,
      Optional<AveragedParameters> average,
      Optional<ParameterCopy> best) {
    Map<String, Tensor> tensors = optimizer.tensors();
    best.or(() -> average).ifPresent(kept -> tensors.putAll(kept.current()));
    if (best.isPresent()) {
      average.ifPresent(kept -> tensors.putAll(kept.copies(AveragedParameters.AVERAGE)));
    }
    return tensors;
  }

  /** Appends a line to the metrics, and its numbers to TensorBoard's event files. */
  public void log(Map<String, Object> line) {
    metrics.append(line);
    events.append(line);
  }

  /** Lets other trainers in. */
  @Override
  public void close() {
    lock.close();
  }
}
