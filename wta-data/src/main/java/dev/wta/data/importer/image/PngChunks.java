package dev.wta.data.importer.image;

import dev.wta.data.importer.SourceFile;
import java.nio.ByteBuffer;
import java.util.zip.CRC32;

/**
 * The chunks of a PNG, whose checksums Java's decoder does not read.
 *
 * @param orientation of EXIF, 1 to 8; 1 if the file does not say
 * @param animated whether there are further images after the first
 */
record PngChunks(int orientation, boolean animated) {
  private static final int SIGNATURE_BYTES = 8;
  private static final int HEADER = 0x49484452; // IHDR
  private static final int DATA = 0x49444154; // IDAT
  private static final int END = 0x49454E44; // IEND
  private static final int EXIF = 0x65584966; // eXIf
  private static final int ANIMATION = 0x6163544C; // acTL

  /**
   * Checks all chunks.
   *
   * @throws UnreadableImageException if one is damaged or missing, or they cannot hold as many
   *     pixels as the first says
   */
  static PngChunks check(byte[] file) throws UnreadableImageException {
    ByteBuffer bytes = ByteBuffer.wrap(file);
    int orientation = 1;
    boolean animated = false;
    long pixels = 0;
    int bits = 0;
    long data = 0;
    int at = SIGNATURE_BYTES;
    while (at + 12 <= file.length) {
      int length = bytes.getInt(at);
      int type = bytes.getInt(at + 4);
      int content = at + 8;
      if (length < 0 || length > file.length - content - 4) {
        break;
      }
      if (type == HEADER && length >= 10) {
        long width = Integer.toUnsignedLong(bytes.getInt(content));
        long height = Integer.toUnsignedLong(bytes.getInt(content + 4));
        ImageDecoder.requirePixels(width, height);
        pixels = width * height;
        bits = bytes.get(content + 8); // of one of its channels at least
      }
      CRC32 crc = new CRC32();
      crc.update(file, at + 4, length + 4);
      if ((int) crc.getValue() != bytes.getInt(content + length)) {
        throw new UnreadableImageException("it is damaged: a checksum in it is wrong");
      }
      switch (type) {
        case DATA -> data += length;
        case EXIF -> orientation = ExifOrientation.of(bytes.slice(content, length));
        case ANIMATION -> animated = true;
        case END -> {
          if (pixels * bits / 8 > data * SourceFile.MOST_INFLATION) {
            throw new UnreadableImageException("it is cut short");
          }
          return new PngChunks(orientation, animated);
        }
        default -> {}
      }
      at = content + length + 4;
    }
    throw new UnreadableImageException("it is cut short");
  }
}
