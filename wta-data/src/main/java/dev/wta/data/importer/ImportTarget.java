package dev.wta.data.importer;

import java.nio.file.Path;

/**
 * The output of an import, its largest number of samples, and its listener.
 *
 * @param out the Arrow file, which appears or is replaced once it is whole
 * @param most at most so many samples, spread evenly over the source, since that may be sorted
 * @param listener receives the progress
 */
public record ImportTarget(Path out, int most, ImportListener listener) {
  /** All samples, into that file, without a listener. */
  public static ImportTarget to(Path out) {
    return new ImportTarget(out, Integer.MAX_VALUE, ImportListener.SILENT);
  }

  /** The same with at most so many samples. */
  public ImportTarget limit(int samples) {
    if (samples < 1) {
      throw new IllegalArgumentException("at most %d samples".formatted(samples));
    }
    return new ImportTarget(out, samples, listener);
  }

  /** The same with a listener. */
  public ImportTarget listen(ImportListener other) {
    return new ImportTarget(out, most, other);
  }

  /**
   * Whether a sample of a source of so many is among those that are wanted; the first always is.
   */
  public boolean takes(int index, int size) {
    return size <= most || (long) index * most % size < most;
  }
}
