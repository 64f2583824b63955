package dev.wta.data;

import dev.wta.api.Shape;
import dev.wta.api.WtaException;
import java.nio.file.Path;
import java.util.Map;

/** Writes a data set to an Arrow IPC file. */
@SuppressWarnings("DoNotCallSuggester") // bodies follow
public final class ArrowDatasetWriter implements AutoCloseable {
  private ArrowDatasetWriter() {}

  /** {@link #create(Path, Shape, ElementType, boolean, Map)} without provenance. */
  public static ArrowDatasetWriter create(
      Path path, Shape sample, ElementType type, boolean labelled) {
    return create(path, sample, type, labelled, Map.of());
  }

  /**
   * Begins a file.
   *
   * @param provenance where the data comes from, kept in the schema's metadata
   * @throws WtaException if no file can be written there
   */
  public static ArrowDatasetWriter create(
      Path path, Shape sample, ElementType type, boolean labelled, Map<String, String> provenance) {
    throw new UnsupportedOperationException("not yet: " + path);
  }

  /** Adds {@code count} samples. */
  public void append(byte[] values, int[] labelsOrNull, int count) {
    throw new UnsupportedOperationException();
  }

  /** Adds {@code count} samples. */
  public void append(float[] values, int[] labelsOrNull, int count) {
    throw new UnsupportedOperationException();
  }

  /** Puts the file in its place. */
  public void commit() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {}
}
