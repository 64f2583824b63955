package dev.wta.data.importer.image;

/** An image in memory: {@code (channels, height, width)}, 0 to 255, of one channel or three. */
final class Image {
  private final int channels;
  private final int height;
  private final int width;
  private final byte[] values;

  Image(int channels, int height, int width, byte[] values) {
    this.channels = channels;
    this.height = height;
    this.width = width;
    this.values = values;
  }

  int channels() {
    return channels;
  }

  int height() {
    return height;
  }

  int width() {
    return width;
  }

  /** The values themselves: not a copy. */
  byte[] values() {
    return values;
  }

  /** Its luminance, by the weights of ITU-R BT.601, in one channel. */
  Image grey() {
    if (channels == 1) {
      return this;
    }
    int area = height * width;
    byte[] grey = new byte[area];
    for (int i = 0; i < area; i++) {
      int red = values[i] & 0xFF;
      int green = values[area + i] & 0xFF;
      int blue = values[2 * area + i] & 0xFF;
      grey[i] = (byte) ((299 * red + 587 * green + 114 * blue + 500) / 1000);
    }
    return new Image(1, height, width, grey);
  }

  /** Three channels, which of a grey image are equal. */
  Image colour() {
    if (channels == 3) {
      return this;
    }
    int area = height * width;
    byte[] colour = new byte[3 * area];
    for (int channel = 0; channel < 3; channel++) {
      System.arraycopy(values, 0, colour, channel * area, area);
    }
    return new Image(3, height, width, colour);
  }
}
