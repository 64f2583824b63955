package dev.wta.data.importer.format;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import java.util.zip.ZipException;

/**
 * Reads the checksums that the compressed arrays of a MATLAB file end with. The library stops
 * before them, once it has the bytes that it needs.
 */
final class MatChecksums {
  private static final int HEADER_BYTES = 128;

  /** Where the header says in which order the bytes are: "IM" where the lowest is first. */
  private static final int ORDER_AT = 126;

  private static final int TAG_BYTES = 8;
  private static final int COMPRESSED = 15;

  private MatChecksums() {}

  /**
   * Checks all arrays of a file.
   *
   * @throws ZipException if one is damaged, or the arrays do not end where the file does
   */
  static void require(MemorySegment file) throws IOException {
    boolean little = file.get(ValueLayout.JAVA_BYTE, ORDER_AT) == 'I';
    ValueLayout.OfInt number =
        ValueLayout.JAVA_INT_UNALIGNED.withOrder(
            little ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    byte[] discarded = new byte[1 << 16];
    long at = HEADER_BYTES;
    while (at < file.byteSize()) {
      if (at + TAG_BYTES > file.byteSize()) {
        throw new ZipException("an array is cut short");
      }
      int type = file.get(number, at);
      long bytes = Integer.toUnsignedLong(file.get(number, at + Integer.BYTES));
      at += TAG_BYTES;
      if (bytes > file.byteSize() - at) {
        throw new ZipException("an array of %,d bytes is cut short".formatted(bytes));
      }
      if (type == COMPRESSED) {
        inflate(file.asSlice(at, bytes), discarded);
      }
      at += bytes;
    }
  }

  private static void inflate(MemorySegment compressed, byte[] discarded) throws ZipException {
    try (Inflater inflater = new Inflater()) {
      inflater.setInput(compressed.asByteBuffer());
      while (!inflater.finished()) {
        if (inflater.inflate(discarded) == 0 && !inflater.finished()) {
          throw new ZipException("a compressed array is cut short");
        }
      }
      if (inflater.getRemaining() > 0) {
        throw new ZipException("a compressed array has bytes after its end");
      }
    } catch (DataFormatException damaged) {
      throw (ZipException)
          new ZipException("a compressed array: " + damaged.getMessage()).initCause(damaged);
    }
  }
}
