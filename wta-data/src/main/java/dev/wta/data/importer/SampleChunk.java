package dev.wta.data.importer;

import dev.wta.data.ElementType;
import java.util.function.IntPredicate;

/** Room for some samples on their way from a source to the Arrow file. */
public final class SampleChunk {
  private static final int CHUNK_BYTES = 4 << 20;

  private final int capacity;
  private final byte[] bytes;
  private final float[] floats;
  private final int[] labels;

  /** A chunk of a few megabytes, and of one sample at least. */
  SampleChunk(SampleSource.Form of) {
    int width = of.width();
    boolean isFloat = of.type() == ElementType.FLOAT32;
    capacity = Math.clamp(CHUNK_BYTES / ((long) width * of.type().bytes()), 1, of.size());
    bytes = new byte[isFloat ? 0 : capacity * width];
    floats = new float[isFloat ? capacity * width : 0];
    labels = new int[of.labelled() ? capacity : 0];
  }

  /**
   * Moves the samples that are wanted to the front.
   *
   * @param filled how many samples there are
   * @param width the values of each
   * @param wanted of a sample's place in the chunk
   * @return how many are left
   */
  int keep(int filled, int width, IntPredicate wanted) {
    int kept = 0;
    for (int row = 0; row < filled; row++) {
      if (wanted.test(row)) {
        if (kept < row) {
          Object values = bytes.length > 0 ? bytes : floats;
          System.arraycopy(values, row * width, values, kept * width, width);
          if (labels.length > 0) {
            labels[kept] = labels[row];
          }
        }
        kept++;
      }
    }
    return kept;
  }

  /** How many samples there is room for. */
  public int capacity() {
    return capacity;
  }

  /** {@code (capacity, sample)}; empty where samples are floats. */
  public byte[] bytes() {
    return bytes;
  }

  /** {@code (capacity, sample)}; empty where samples are bytes. */
  public float[] floats() {
    return floats;
  }

  /** {@code (capacity)}; empty where there are none. */
  public int[] labels() {
    return labels;
  }
}
