package dev.wta.eval.image;

import dev.wta.api.WtaException;
import dev.wta.api.tensor.Shape;
import java.util.Optional;

/** How the numbers of a filter or a sample make a small picture: plane by plane, row-major. */
public record TileShape(int channels, int height, int width) {

  /**
   * Reads {@code (1, height, width)} and {@code (height, width)} as grey, {@code (3, height,
   * width)} as colour, and {@code (inputs)} as a grey square; empty if that makes no picture.
   */
  public static Optional<TileShape> find(Shape sample) {
    if (sample.rank() == 3 && (sample.extent(0) == 1 || sample.extent(0) == 3)) {
      return Optional.of(new TileShape(sample.extent(0), sample.extent(1), sample.extent(2)));
    }
    if (sample.rank() == 2) {
      return Optional.of(new TileShape(1, sample.extent(0), sample.extent(1)));
    }
    int side = (int) Math.round(Math.sqrt((double) sample.size()));
    if (sample.rank() == 1 && (long) side * side == sample.size()) {
      return Optional.of(new TileShape(1, side, side));
    }
    return Optional.empty();
  }

  /**
   * As {@link #find}.
   *
   * @throws WtaException if that makes no picture
   */
  public static TileShape of(Shape sample) {
    return find(sample)
        .orElseThrow(
            () ->
                new WtaException(
                    "samples of shape %s make no picture".formatted(sample),
                    "pictures are of data with 1 or 3 channels, a height and a width,"
                        + " or of a square number of values"));
  }

  /** The numbers of a tile. */
  public int size() {
    return channels * height * width;
  }

  /** Where a pixel's value lies in a tile. */
  public int index(int channel, int y, int x) {
    return (channel * height + y) * width + x;
  }
}
