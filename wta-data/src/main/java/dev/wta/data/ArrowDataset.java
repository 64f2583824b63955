package dev.wta.data;

import dev.wta.api.Shape;
import dev.wta.api.WtaException;
import java.nio.file.Path;

/** A data set in an Arrow IPC file or stream. */
@SuppressWarnings("DoNotCallSuggester") // bodies follow
public final class ArrowDataset implements Dataset {
  private ArrowDataset() {}

  /**
   * Opens a file.
   *
   * @throws WtaException if it is missing, damaged, or holds no samples
   */
  public static ArrowDataset open(Path path) {
    throw new UnsupportedOperationException("not yet: " + path);
  }

  @Override
  public String name() {
    throw new UnsupportedOperationException();
  }

  @Override
  public int size() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Shape sampleShape() {
    throw new UnsupportedOperationException();
  }

  @Override
  public ElementType elementType() {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean labelled() {
    throw new UnsupportedOperationException();
  }

  @Override
  public int[] labels() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void read(int from, int count, float[] target, int offset) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {}
}
