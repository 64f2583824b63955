package dev.wta.eval.report.html;

import dev.wta.eval.image.TileShape;
import java.util.Arrays;

/**
 * The numbers of a small picture.
 *
 * @param values {@code (channels, height, width)}
 */
@SuppressWarnings("ArrayRecordComponent")
public // passed on within this package, never compared
record Tile(float[] values, int channels, int height, int width) {

  public static Tile of(float[] values, int offset, TileShape shape) {
    return new Tile(
        Arrays.copyOfRange(values, offset, offset + shape.size()),
        shape.channels(),
        shape.height(),
        shape.width());
  }

  float at(int channel, int y, int x) {
    return values[(channel * height + y) * width + x];
  }

  /** The largest absolute value. */
  double magnitude() {
    double largest = 0;
    for (float value : values) {
      largest = Math.max(largest, Math.abs(value));
    }
    return largest;
  }

  /**
   * This tile with sides of at most {@code side}: each number the mean of a square of these, cut
   * off where a side is shorter than the square's.
   */
  Tile within(int side) {
    int factor = Math.ceilDiv(Math.max(height, width), side);
    if (factor <= 1) {
      return this;
    }
    int down = Math.min(factor, height);
    int across = Math.min(factor, width);
    int rows = height / down;
    int columns = width / across;
    float[] means = new float[channels * rows * columns];
    for (int channel = 0; channel < channels; channel++) {
      for (int y = 0; y < rows * down; y++) {
        for (int x = 0; x < columns * across; x++) {
          means[(channel * rows + y / down) * columns + x / across] +=
              at(channel, y, x) / (down * across);
        }
      }
    }
    return new Tile(means, channels, rows, columns);
  }

  /** The window of a side around a place, with 0 where it reaches beyond the picture. */
  public Tile around(int y, int x, int rows, int columns) {
    float[] window = new float[channels * rows * columns];
    for (int channel = 0; channel < channels; channel++) {
      for (int i = 0; i < rows; i++) {
        for (int j = 0; j < columns; j++) {
          int fromY = y + i - rows / 2;
          int fromX = x + j - columns / 2;
          if (fromY >= 0 && fromY < height && fromX >= 0 && fromX < width) {
            window[(channel * rows + i) * columns + j] = at(channel, fromY, fromX);
          }
        }
      }
    }
    return new Tile(window, channels, rows, columns);
  }
}
