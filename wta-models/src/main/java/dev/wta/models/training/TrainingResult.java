package dev.wta.models.training;

import dev.wta.models.FeatureExtractor;
import dev.wta.models.run.BestEpoch;
import dev.wta.models.run.RunDirectory;
import dev.wta.models.run.metrics.Measurement;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The result of a training.
 *
 * @param model the trained model: the one that the trainer was given
 * @param steps the number of steps of the whole run, before a resume included
 * @param why the reason for its end
 * @param history the measurements of the logging intervals since the start or resume, oldest first:
 *     all, or some thousands evenly spread; for a stack those of all layers, one after the other
 * @param last the measurements of the last interval; empty if no interval ended
 * @param best the epoch whose parameters the model has, if it was chosen by validation
 * @param took the wall-clock time since the start or resume
 * @param directory the run's folder, if it is written
 */
public record TrainingResult(
    FeatureExtractor model,
    Status status,
    Reason why,
    long steps,
    int epochs,
    List<Measurement> history,
    Optional<Measurement> last,
    Optional<BestEpoch> best,
    Duration took,
    Optional<Path> directory) {

  /** How training ended. */
  public enum Status {
    /** All epochs are done. */
    FINISHED,
    /**
     * {@link Trainer#requestStop} was called; the run can be resumed if it is written to a folder.
     */
    STOPPED
  }

  /** Why training ended. */
  public enum Reason {
    /** All epochs are done. */
    EPOCHS_DONE,
    /** The number of steps of the setting {@code steps} is done. */
    STEPS_DONE,
    /** The last {@code patience} epochs did not improve the validation error. */
    NO_BETTER_EPOCH,
    /** A stop was requested. */
    REQUESTED
  }

  /**
   * The run, if it is written to a folder.
   *
   * @throws dev.wta.api.WtaException if it cannot be read any more
   */
  public Optional<RunDirectory> run() {
    return directory.map(RunDirectory::open);
  }
}
