package dev.wta.data.importer.archive;

import dev.wta.data.importer.SourceFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import java.util.zip.ZipException;

/**
 * A file in a zip archive, as the archive's directory has it.
 *
 * @param name its path, with {@code /} between the parts
 * @param method how it is compressed: 0 not at all, 8 deflate
 * @param encrypted whether a password is needed
 * @param link whether it is a symbolic link
 * @param crc of its content
 * @param data its bytes in the archive
 * @param size of its content in bytes
 */
record ZipMember(
    String name,
    int method,
    boolean encrypted,
    boolean link,
    long crc,
    MemorySegment data,
    long size) {
  static final int STORED = 0;
  static final int DEFLATED = 8;

  /**
   * Its content; safe from several threads at once.
   *
   * @throws IOException if it is damaged or too large
   */
  byte[] read() throws IOException {
    if (size > FileTree.MOST_FILE_BYTES) {
      throw FileTree.tooLarge();
    }
    long most =
        method == STORED ? data.byteSize() : data.byteSize() * SourceFile.MOST_INFLATION + 1;
    if (size > most || method == STORED && size < most) {
      throw new ZipException(
          "%,d bytes in the archive cannot hold the %,d it should have"
              .formatted(data.byteSize(), size));
    }
    byte[] content = new byte[(int) size];
    if (method == STORED) {
      MemorySegment.ofArray(content).copyFrom(data);
    } else {
      inflate(content);
    }
    CRC32 actual = new CRC32();
    actual.update(content);
    if (actual.getValue() != crc) {
      throw new ZipException("it is damaged: its checksum is wrong");
    }
    return content;
  }

  private void inflate(byte[] content) throws IOException {
    try (Inflater inflater = new Inflater(true)) {
      inflater.setInput(data.asByteBuffer());
      int filled = 0;
      while (filled < content.length) {
        int count = inflater.inflate(content, filled, content.length - filled);
        if (count == 0) {
          throw new ZipException("it is damaged or cut short");
        }
        filled += count;
      }
      if (inflater.inflate(new byte[1]) != 0 || !inflater.finished()) {
        throw new ZipException("it is damaged: it has more than its %,d bytes".formatted(size));
      }
    } catch (DataFormatException damaged) {
      throw new IOException("it is damaged: its compressed data is invalid", damaged);
    }
  }
}
