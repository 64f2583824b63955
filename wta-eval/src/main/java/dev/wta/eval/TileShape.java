package dev.wta.eval;

import dev.wta.api.Shape;
import dev.wta.api.WtaException;

/** How the numbers of a filter or a sample make a small picture: plane by plane, row-major. */
record TileShape(int channels, int height, int width) {

  /**
   * Reads {@code (1, height, width)} and {@code (height, width)} as grey, {@code (3, height,
   * width)} as colour, and {@code (inputs)} as a grey square.
   *
   * @throws WtaException if that makes no picture
   */
  static TileShape of(Shape sample) {
    if (sample.rank() == 3 && (sample.extent(0) == 1 || sample.extent(0) == 3)) {
      return new TileShape(sample.extent(0), sample.extent(1), sample.extent(2));
    }
    if (sample.rank() == 2) {
      return new TileShape(1, sample.extent(0), sample.extent(1));
    }
    int side = (int) Math.round(Math.sqrt((double) sample.size()));
    if (sample.rank() == 1 && (long) side * side == sample.size()) {
      return new TileShape(1, side, side);
    }
    throw new WtaException(
        "samples of shape %s make no picture".formatted(sample),
        "pictures are of data with 1 or 3 channels, a height and a width,"
            + " or of a square number of values");
  }

  int size() {
    return channels * height * width;
  }

  /** Where a pixel's value lies in a tile. */
  int index(int channel, int y, int x) {
    return (channel * height + y) * width + x;
  }
}
