package dev.wta.models.training;

import dev.wta.models.FeatureExtractor;
import dev.wta.models.run.BestEpoch;
import dev.wta.models.run.metrics.Measurement;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * What training came to.
 *
 * @param model the trained model: the one that the trainer was given
 * @param steps the steps of the whole run done, earlier parts of it included
 * @param last the last interval's numbers; empty if none ended
 * @param best the epoch whose parameters the model has, where samples were held out to choose it by
 * @param took the wall-clock time of this part of the run
 * @param directory where the run is kept, if anywhere
 */
public record TrainingResult(
    FeatureExtractor model,
    Status status,
    long steps,
    int epochs,
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
}
