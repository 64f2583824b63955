package dev.wta.data.importer.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** How a camera was held: EXIF's orientation, 1 to 8, where 1 is upright. */
final class ExifOrientation {
  private static final int TAG = 0x0112;
  private static final int ENTRY_BYTES = 12;

  private ExifOrientation() {}

  /** The orientation in a block of EXIF data; 1 if it has none that can be read. */
  static int of(ByteBuffer exif) {
    if (exif.remaining() < 8) {
      return 1;
    }
    exif.order(exif.get(0) == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    int directory = exif.getInt(4);
    if (directory < 0 || directory > exif.limit() - 2) {
      return 1;
    }
    int entries = Short.toUnsignedInt(exif.getShort(directory));
    for (int i = 0; i < entries; i++) {
      long at = directory + 2L + (long) i * ENTRY_BYTES;
      if (at + ENTRY_BYTES > exif.limit()) {
        return 1;
      }
      if (Short.toUnsignedInt(exif.getShort((int) at)) == TAG) {
        int value = exif.getShort((int) at + 8);
        return value >= 1 && value <= 8 ? value : 1;
      }
    }
    return 1;
  }

  /** Turns and mirrors an image so that it is upright. */
  static Image upright(Image picture, int orientation) {
    if (orientation == 1) {
      return picture;
    }
    boolean swapped = orientation >= 5;
    int height = swapped ? picture.width() : picture.height();
    int width = swapped ? picture.height() : picture.width();
    int right = picture.width() - 1;
    int bottom = picture.height() - 1;
    int area = height * width;
    byte[] turned = new byte[picture.channels() * area];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int fromX =
            switch (orientation) {
              case 2, 3 -> right - x;
              case 4 -> x;
              case 5, 6 -> y;
              default -> right - y; // 7 and 8
            };
        int fromY =
            switch (orientation) {
              case 2 -> y;
              case 3, 4 -> bottom - y;
              case 5, 8 -> x;
              default -> bottom - x; // 6 and 7
            };
        for (int channel = 0; channel < picture.channels(); channel++) {
          turned[channel * area + y * width + x] =
              picture.values()[channel * area + fromY * picture.width() + fromX];
        }
      }
    }
    return new Image(picture.channels(), height, width, turned);
  }
}
