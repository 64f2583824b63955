package dev.wta.models.training;

import dev.wta.models.Model;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * What training came to.
 *
 * @param model the trained model: the one that the trainer was given
 * @param steps the steps of the whole run done, earlier parts of it included
 * @param last the last interval's numbers; empty if none ended
 * @param took the wall-clock time of this part of the run
 * @param directory where the run is kept, if anywhere
 */
public record TrainingRun(
    Model model,
    Status status,
    long steps,
    int epochs,
    Optional<Measurement> last,
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
