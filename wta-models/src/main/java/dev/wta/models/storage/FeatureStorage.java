package dev.wta.models.storage;

import dev.wta.api.WtaException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where the features of a data set are stored: in the backend's memory as long as they are small
 * enough, and else in a temporary file, which is gone with them.
 *
 * @param memory the most bytes of features, of one data set, that stay in memory
 * @param folder where files of larger ones are; it has to be on a disk, not in memory
 */
public record FeatureStorage(long memory, Path folder) {
  /** The system property that sets {@link #memory}, in MiB. */
  public static final String MEMORY = "wta.features.memory";

  /** The system property that sets {@link #folder}, whatever a caller proposes. */
  public static final String FOLDER = "wta.features.folder";

  /** Features of training samples, of test samples and a copy of some of them fit together. */
  private static final int PART_OF_THE_HEAP = 3;

  /** What a Java array holds, in bytes: no tensor of the CPU backend is larger. */
  private static final long LARGEST_ARRAY = (long) Float.BYTES * (Integer.MAX_VALUE - 8);

  /**
   * As the system properties {@value #MEMORY} and {@value #FOLDER} say: without them a third of the
   * JVM's heap, and the system's folder for temporary files.
   *
   * @throws WtaException if the memory is no number of MiB
   */
  public static FeatureStorage standard() {
    String folder = System.getProperty(FOLDER, System.getProperty("java.io.tmpdir"));
    return new FeatureStorage(
        Math.min(mebibytes(System.getProperty(MEMORY)), LARGEST_ARRAY), Path.of(folder));
  }

  private static long mebibytes(String given) {
    if (given == null) {
      return Runtime.getRuntime().maxMemory() / PART_OF_THE_HEAP;
    }
    try {
      return Math.multiplyExact(Math.max(0, Long.parseLong(given)), 1L << 20);
    } catch (NumberFormatException | ArithmeticException unreadable) {
      throw new WtaException(
          "-D%s=%s is no number of MiB".formatted(MEMORY, given),
          "give one, such as -D%s=4096".formatted(MEMORY),
          unreadable);
    }
  }

  /**
   * The same with files in another folder, if files can be written there, and unless the system
   * property names one.
   */
  public FeatureStorage in(Path other) {
    boolean taken = System.getProperty(FOLDER) == null && Files.isWritable(other);
    return taken ? new FeatureStorage(memory, other) : this;
  }

  /** Whether so many features of so many samples stay in memory. */
  public boolean holds(long samples, long width) {
    return samples * width <= memory / Float.BYTES;
  }
}
