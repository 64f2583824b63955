package dev.wta.data.io;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Turns unsigned bytes into floats, in steps that the compiler makes vector instructions of. It has
 * none for widening unsigned bytes, but for signed ones: a byte less 128 is signed, and 128 is
 * added again once it is a float.
 */
final class UnsignedBytes {
  /** Small enough for the L1 cache, together with its floats. */
  private static final int CHUNK = 4096;

  private static final ThreadLocal<byte[]> CHUNKS = ThreadLocal.withInitial(() -> new byte[CHUNK]);

  private UnsignedBytes() {}

  /** Copies {@code count} bytes from {@code position} as 0 to 255. */
  static void copy(MemorySegment source, long position, int count, float[] target, int offset) {
    byte[] chunk = CHUNKS.get();
    for (int from = 0; from < count; from += CHUNK) {
      int length = Math.min(CHUNK, count - from);
      MemorySegment.copy(source, ValueLayout.JAVA_BYTE, position + from, chunk, 0, length);
      subtract128(chunk, length);
      add128(chunk, length, target, offset + from);
    }
  }

  private static void subtract128(byte[] chunk, int length) {
    for (int i = 0; i < length; i++) {
      chunk[i] = (byte) (chunk[i] ^ 0x80);
    }
  }

  private static void add128(byte[] chunk, int length, float[] target, int offset) {
    for (int i = 0; i < length; i++) {
      target[offset + i] = chunk[i] + 128f;
    }
  }
}
