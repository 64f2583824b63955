package dev.wta.data.io;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** What numbers lie in files as, little-endian. Readers get floats: each value, exactly. */
public enum NumberType {
  UINT8(Byte.BYTES),
  FLOAT16(Short.BYTES),
  BFLOAT16(Short.BYTES),
  FLOAT32(Float.BYTES);

  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /** Small enough for the nearest cache, together with the floats that become of it. */
  private static final int CHUNK = 4096;

  private static final ThreadLocal<short[]> CHUNKS =
      ThreadLocal.withInitial(() -> new short[CHUNK]);

  private final int bytes;

  NumberType(int bytes) {
    this.bytes = bytes;
  }

  /** The bytes of one number. */
  public int bytes() {
    return bytes;
  }

  /**
   * Copies {@code count} numbers from byte {@code position} of {@code source}.
   *
   * @param offset where in {@code target} the first goes
   */
  public void copy(MemorySegment source, long position, int count, float[] target, int offset) {
    switch (this) {
      case UINT8 -> UnsignedBytes.copy(source, position, count, target, offset);
      case FLOAT32 -> MemorySegment.copy(source, FLOAT, position, target, offset, count);
      case FLOAT16, BFLOAT16 -> {
        short[] chunk = CHUNKS.get();
        for (int from = 0; from < count; from += CHUNK) {
          int length = Math.min(CHUNK, count - from);
          MemorySegment.copy(source, SHORT, position + from * 2L, chunk, 0, length);
          if (this == FLOAT16) {
            widenHalf(chunk, length, target, offset + from);
          } else {
            widenBfloat(chunk, length, target, offset + from);
          }
        }
      }
    }
  }

  private static void widenHalf(short[] chunk, int length, float[] target, int offset) {
    for (int i = 0; i < length; i++) {
      target[offset + i] = Float.float16ToFloat(chunk[i]);
    }
  }

  private static void widenBfloat(short[] chunk, int length, float[] target, int offset) {
    for (int i = 0; i < length; i++) {
      target[offset + i] = Float.intBitsToFloat(chunk[i] << Short.SIZE);
    }
  }
}
