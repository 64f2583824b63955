package dev.wta.data.importer.image;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * What the segments before a JPEG's first scan say that its decoder keeps to itself.
 *
 * @param width in pixels, as stored; 0 if the file does not say
 * @param height in pixels, as stored; 0 if the file does not say
 * @param components 1 of grey, 3 of colours, 4 of inks
 * @param orientation of EXIF, 1 to 8; 1 if the file does not say
 * @param adobe whether it has Adobe's segment, and so stores inks inverted
 * @param transform of Adobe's segment: 2 if four components are YCCK
 */
record JpegHeader(
    int width, int height, int components, int orientation, boolean adobe, int transform) {
  private static final int SCAN = 0xDA;
  private static final int EXIF = 0xE1;
  private static final int ADOBE = 0xEE;

  /** Reads what there is of a header: damage is for the decoder to find. */
  static JpegHeader of(byte[] file) {
    int width = 0;
    int height = 0;
    int components = 0;
    int orientation = 1;
    boolean adobe = false;
    int transform = 0;
    int at = 2;
    while (at + 4 <= file.length && file[at] == (byte) 0xFF) {
      int marker = file[at + 1] & 0xFF;
      if (marker == 0xFF) { // filling
        at++;
        continue;
      }
      int length = (file[at + 2] & 0xFF) << 8 | file[at + 3] & 0xFF;
      if (marker == SCAN || length < 2 || at + 2 + length > file.length) {
        break;
      }
      ByteBuffer segment = ByteBuffer.wrap(file, at + 4, length - 2).slice();
      if (isFrame(marker) && segment.remaining() >= 6) {
        height = Short.toUnsignedInt(segment.getShort(1));
        width = Short.toUnsignedInt(segment.getShort(3));
        components = segment.get(5);
      } else if (marker == EXIF && begins(segment, "Exif\0\0")) {
        orientation = ExifOrientation.of(segment.slice(6, segment.remaining() - 6));
      } else if (marker == ADOBE && begins(segment, "Adobe") && segment.remaining() >= 12) {
        adobe = true;
        transform = segment.get(11);
      }
      at += 2 + length;
    }
    return new JpegHeader(width, height, components, orientation, adobe, transform);
  }

  /** The start of a frame, of whatever process; three of the numbers between are other segments. */
  private static boolean isFrame(int marker) {
    return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
  }

  private static boolean begins(ByteBuffer segment, String text) {
    ByteBuffer begin = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    return segment.remaining() >= begin.remaining()
        && segment.slice(0, begin.remaining()).equals(begin);
  }
}
