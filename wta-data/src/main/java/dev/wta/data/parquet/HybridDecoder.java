package dev.wta.data.parquet;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Small numbers as Parquet packs levels and places in dictionaries: runs of one number, and groups
 * of eight with a few bits each.
 */
final class HybridDecoder {
  private HybridDecoder() {}

  /**
   * Reads numbers.
   *
   * @param in from the first run on
   * @param bits of a number, 0 to 32
   * @param target of which all are read
   * @throws RuntimeException if the bytes are damaged
   */
  static void read(ByteBuffer in, int bits, int[] target) {
    if (bits < 0 || bits > Integer.SIZE) {
      throw new IllegalArgumentException("numbers of %d bits".formatted(bits));
    }
    int done = 0;
    while (done < target.length) {
      long head = ThriftStruct.varint(in);
      if ((head & 1) == 0) {
        int count = (int) Math.min(head >>> 1, target.length - done);
        int value = 0;
        for (int shift = 0; shift < bits; shift += Byte.SIZE) {
          value |= (in.get() & 0xFF) << shift;
        }
        if (count == 0) {
          throw new IllegalArgumentException("a run of nothing");
        }
        Arrays.fill(target, done, done + count, value);
        done += count;
      } else {
        int count = (int) Math.min((head >>> 1) * Byte.SIZE, target.length - done);
        unpack(in, bits, target, done, count);
        long bytes = (head >>> 1) * bits - Math.ceilDiv((long) count * bits, Byte.SIZE);
        in.position(Math.toIntExact(Math.min(in.limit(), in.position() + bytes))); // the rest
        done += count;
      }
    }
  }

  private static void unpack(ByteBuffer in, int bits, int[] target, int from, int count) {
    long window = 0;
    int filled = 0;
    long mask = (1L << bits) - 1;
    for (int i = from; i < from + count; i++) {
      while (filled < bits) {
        window |= (in.get() & 0xFFL) << filled;
        filled += Byte.SIZE;
      }
      target[i] = (int) (window & mask);
      window >>>= bits;
      filled -= bits;
    }
  }
}
