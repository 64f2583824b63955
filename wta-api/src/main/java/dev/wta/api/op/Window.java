package dev.wta.api.op;

/**
 * The window that a convolution's filter looks through: stride 1, zero padding on all sides.
 * Filters are unit-major, {@code (maps, channels, height, width)}, for convolution and
 * deconvolution alike: map {@code m} at {@code (y, x)} touches the image's pixels {@code (y + i -
 * padding, x + j - padding)} through {@code filter[m, c, i, j]}. The convolution reads through that
 * window, the deconvolution writes through it.
 */
public record Window(int height, int width, int padding) {
  public Window {
    if (height < 1 || width < 1 || padding < 0 || padding >= Math.min(height, width)) {
      throw new IllegalArgumentException(
          "no such window: %dx%d with padding %d".formatted(height, width, padding));
    }
  }

  /**
   * A square window that keeps the image's size: odd {@code size}, padding {@code (size - 1) / 2}.
   */
  public static Window same(int size) {
    if (size % 2 == 0) {
      throw new IllegalArgumentException("a window that keeps the size is odd, not " + size);
    }
    return new Window(size, size, (size - 1) / 2);
  }

  /** The map's height over an image of {@code imageHeight}. */
  public int mapHeight(int imageHeight) {
    return imageHeight + 2 * padding - height + 1;
  }

  /** The map's width over an image of {@code imageWidth}. */
  public int mapWidth(int imageWidth) {
    return imageWidth + 2 * padding - width + 1;
  }
}
