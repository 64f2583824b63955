package dev.wta.data.imports;

import dev.wta.data.ElementType;

/** Room for some samples on their way from a source to the Arrow file. */
final class SampleChunk {
  private static final int CHUNK_BYTES = 4 << 20;

  private final int capacity;
  private final byte[] bytes;
  private final float[] floats;
  private final int[] labels;

  /** A chunk of a few megabytes, and of one sample at least. */
  SampleChunk(SampleSource source) {
    ElementType type = source.elementType();
    int width = Math.toIntExact(source.sampleShape().size());
    boolean isFloat = type == ElementType.FLOAT32;
    capacity = Math.clamp(CHUNK_BYTES / ((long) width * type.bytes()), 1, source.size());
    bytes = new byte[isFloat ? 0 : capacity * width];
    floats = new float[isFloat ? capacity * width : 0];
    labels = new int[source.labelled() ? capacity : 0];
  }

  /** How many samples there is room for. */
  int capacity() {
    return capacity;
  }

  /** {@code (capacity, sample)}; empty where samples are floats. */
  byte[] bytes() {
    return bytes;
  }

  /** {@code (capacity, sample)}; empty where samples are bytes. */
  float[] floats() {
    return floats;
  }

  /** {@code (capacity)}; empty where there are none. */
  int[] labels() {
    return labels;
  }
}
