package dev.wta.data.importer.image;

/**
 * Decodes the portable images of Netpbm: PBM, PGM and PPM, with their values as text (P1 to P3) or
 * binary (P4 to P6), of one byte or two. Brightness is scaled so that the file's maximum becomes
 * 255. Of several images in a file the first is taken.
 */
final class PnmDecoder {
  private final byte[] file;
  private int position;

  PnmDecoder(byte[] file) {
    this.file = file;
  }

  /** The number of pixels, by the header. */
  long pixels() throws UnreadableImageException {
    position = 2;
    return ImageDecoder.requirePixels(number(Integer.MAX_VALUE), number(Integer.MAX_VALUE));
  }

  /** Whether something other than white space follows the image that was decoded. */
  boolean hasMore() {
    skipSpace();
    return position < file.length;
  }

  Image decode() throws UnreadableImageException {
    int kind = file[1] - '0';
    position = 2;
    int width = number(Integer.MAX_VALUE);
    int height = number(Integer.MAX_VALUE);
    ImageDecoder.requirePixels(width, height);
    boolean bitmap = kind == 1 || kind == 4;
    int most = bitmap ? 1 : number(0xFFFF);
    if (most == 0) {
      throw new UnreadableImageException("its maximum is 0");
    }
    int channels = kind % 3 == 0 ? 3 : 1;
    return switch (kind) {
      case 1, 2, 3 -> text(channels, height, width, most, bitmap);
      case 4 -> bits(height, width);
      default -> binary(channels, height, width, most);
    };
  }

  /** Values in decimal; of a bitmap single digits, 1 for black, with or without space between. */
  private Image text(int channels, int height, int width, int most, boolean bitmap)
      throws UnreadableImageException {
    int area = height * width;
    requireBytes((long) channels * area); // a digit each at least
    byte[] values = new byte[channels * area];
    for (int pixel = 0; pixel < area; pixel++) {
      for (int channel = 0; channel < channels; channel++) {
        int value = bitmap ? 1 - digit() : number(most);
        values[channel * area + pixel] = ImageDecoder.scaled(value, most);
      }
    }
    return new Image(channels, height, width, values);
  }

  /** Eight pixels a byte, from the highest bit on, each row from a byte of its own; 1 is black. */
  private Image bits(int height, int width) throws UnreadableImageException {
    position++; // one white space
    int rowBytes = (width + 7) / 8;
    requireBytes((long) rowBytes * height);
    byte[] values = new byte[height * width];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int black = file[position + y * rowBytes + x / 8] >> (7 - x % 8) & 1;
        values[y * width + x] = (byte) (black == 1 ? 0 : 255);
      }
    }
    position += rowBytes * height;
    return new Image(1, height, width, values);
  }

  /** A byte a value, or two, the higher first, where the maximum does not fit one. */
  private Image binary(int channels, int height, int width, int most)
      throws UnreadableImageException {
    position++; // one white space
    int bytes = most > 255 ? 2 : 1;
    int area = height * width;
    requireBytes((long) channels * area * bytes);
    byte[] values = new byte[channels * area];
    for (int pixel = 0; pixel < area; pixel++) {
      for (int channel = 0; channel < channels; channel++) {
        int value = next();
        if (bytes == 2) {
          value = value << 8 | next();
        }
        if (value > most) {
          throw new UnreadableImageException(
              "it has the value %d and a maximum of %d".formatted(value, most));
        }
        values[channel * area + pixel] = ImageDecoder.scaled(value, most);
      }
    }
    return new Image(channels, height, width, values);
  }

  private int next() {
    return Byte.toUnsignedInt(file[position++]);
  }

  private void requireBytes(long bytes) throws UnreadableImageException {
    if (file.length - position < bytes) {
      throw new UnreadableImageException("it is cut short");
    }
  }

  private int digit() throws UnreadableImageException {
    skipSpace();
    if (position == file.length) {
      throw new UnreadableImageException("it is cut short");
    }
    int digit = next() - '0';
    if (digit != 0 && digit != 1) {
      throw new UnreadableImageException("it holds no number where one has to be");
    }
    return digit;
  }

  private int number(int most) throws UnreadableImageException {
    skipSpace();
    int begin = position;
    long number = 0;
    while (position < file.length && file[position] >= '0' && file[position] <= '9') {
      number = 10 * number + next() - '0';
      if (number > most) {
        throw new UnreadableImageException(
            "it has a number above %,d where that is the most".formatted(most));
      }
    }
    if (position == begin) {
      throw new UnreadableImageException(
          begin == file.length ? "it is cut short" : "it holds no number where one has to be");
    }
    return (int) number;
  }

  /** Skips white space, and comments: from {@code #} to the line's end. */
  private void skipSpace() {
    while (position < file.length) {
      if (file[position] == '#') {
        while (position < file.length && file[position] != '\n' && file[position] != '\r') {
          position++;
        }
      } else if (Character.isWhitespace(file[position])) {
        position++;
      } else {
        return;
      }
    }
  }
}
