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
 * What training came to.
 *
 * @param model the trained model: the one that the trainer was given
 * @param steps the steps of the whole run done, earlier parts of it included
 * @param why what ended it
 * @param history the intervals' numbers of this part of the run, oldest first: all, or, of very
 *     many, some thousands evenly spread; of a model that is trained a layer at a time, all layers'
 *     in turn
 * @param last the last interval's numbers; empty if none ended
 * @param best the epoch whose parameters the model has, where samples were held out to choose it by
 * @param took the wall-clock time of this part of the run
 * @param directory where the run is kept, if anywhere
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
     * {@link Trainer#requestStop} was heeded; the run can be resumed if it is kept in a directory.
     */
    STOPPED
  }

  /** Why training ended. */
  public enum Reason {
    /** All epochs are done. */
    EPOCHS_DONE,
    /** As many steps are done as the setting {@code steps} says. */
    STEPS_DONE,
    /** No epoch was better on the validation data for as many epochs as {@code patience} says. */
    NO_BETTER_EPOCH,
    /** A stop was requested. */
    REQUESTED
  }

  /**
   * The run, if it is kept in a directory: to encode with, to report on, to go on from.
   *
   * @throws dev.wta.api.WtaException if it cannot be read any more
   */
  public Optional<RunDirectory> run() {
    return directory.map(RunDirectory::open);
  }
}
