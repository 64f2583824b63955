package dev.wta.models.training.samples;

import dev.wta.api.ProgressListener;
import dev.wta.api.WtaException;
import dev.wta.data.Dataset;
import dev.wta.data.preprocessing.PreprocessedFile;
import dev.wta.data.preprocessing.Preprocessing;
import dev.wta.models.run.RunDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The samples as steps read them, with what is still to be done to each batch: all of the
 * pre-processing, or nothing where a file holds the samples after it. Either way steps see the same
 * bits.
 *
 * @param samples what steps read
 * @param preprocessing what batches still go through
 * @param file holds pre-processed samples; empty where steps read the data itself
 */
public record PreparedSamples(
    TrainingSamples samples, Preprocessing preprocessing, Optional<Path> file)
    implements AutoCloseable {

  /** Each batch is pre-processed when its turn comes. */
  public static PreparedSamples eachTime(TrainingSamples samples, Preprocessing fitted) {
    return new PreparedSamples(samples, fitted, Optional.empty());
  }

  /**
   * Pre-processes all samples into a file of the run, unless an earlier process has left it there.
   *
   * @param digest the data's
   */
  public static PreparedSamples kept(
      TrainingSamples samples,
      String digest,
      Preprocessing fitted,
      Path directory,
      ProgressListener listener) {
    Path file = directory.resolve(RunDirectory.PREPROCESSED);
    Dataset copy = PreprocessedFile.open(file, digest, samples.data(), fitted, listener);
    return new PreparedSamples(samples.with(copy), Preprocessing.none(), Optional.of(file));
  }

  /** Closes the file and removes it: the run is over, and its pre-processing is saved with it. */
  public void remove() {
    close();
    file.ifPresent(
        path -> {
          try {
            Files.deleteIfExists(path);
          } catch (IOException failed) {
            throw new WtaException(
                "%s cannot be removed: %s".formatted(path, failed.getMessage()),
                "remove it by hand: the training is finished and saved",
                failed);
          }
        });
  }

  /** Closes the file; the data itself stays the caller's. */
  @Override
  public void close() {
    if (file.isPresent()) {
      samples.data().close();
    }
  }
}
