package dev.wta.eval.image;

import dev.wta.api.ProgressListener;
import dev.wta.api.tensor.Shape;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Grids of a model's filters as PNG files: a grid of the decoder's filters, or samples above their
 * reconstructions.
 *
 * @param sample the shape of a filter: {@code (1, height, width)} and {@code (height, width)} are
 *     rendered in grey, {@code (3, height, width)} in colour, {@code (inputs)} as a grey square
 * @param most the largest number of tiles
 * @param columns tiles in a row; empty for about as many as there are rows
 * @param zoom the side of a pixel in the image; empty for an image about 1200 pixels wide
 */
public record FilterGrid(
    Shape sample, int most, Optional<Integer> columns, Optional<Integer> zoom) {
  private static final int USUAL_WIDTH = 1200;
  private static final int MOST_ZOOM = 8;

  public FilterGrid {
    if (most < 1 || columns.orElse(1) < 1 || zoom.orElse(1) < 1) {
      throw new IllegalArgumentException(
          "no such picture: %d tiles, %s columns, zoom %s".formatted(most, columns, zoom));
    }
  }

  /** Up to 400 filters, 20 in a row. */
  public static FilterGrid of(Shape sample) {
    return new FilterGrid(sample, 400, Optional.empty(), Optional.empty());
  }

  public FilterGrid most(int tiles) {
    return new FilterGrid(sample, tiles, columns, zoom);
  }

  public FilterGrid columns(int count) {
    return new FilterGrid(sample, most, Optional.of(count), zoom);
  }

  public FilterGrid zoom(int side) {
    return new FilterGrid(sample, most, columns, Optional.of(side));
  }

  /** Renders filters in the units' order, as many as fit; see {@link #of}. */
  public static void write(Path png, float[] filters, Shape sample) {
    FilterGrid picture = of(sample);
    picture.write(png, filters, picture.inOrder(filters));
  }

  /**
   * Renders filters, each on its own range from minus to plus its largest magnitude: zero is the
   * middle grey in all of them, and the image of a filter does not depend on the others.
   *
   * @param filters {@code (units, inputs)}
   * @param units the units to render, the first one at the top left; see {@link #inOrder} and
   *     {@link #byScore}
   * @throws dev.wta.api.WtaException if the shape makes no picture, or the file cannot be written
   */
  public void write(Path png, float[] filters, int[] units) {
    write(png, filters, units, ProgressListener.SILENT);
  }

  private void write(Path png, float[] filters, int[] units, ProgressListener listener) {
    TileShape tile = TileShape.of(sample);
    requireWhole("filters", filters, tile);
    int count = Math.min(units.length, most);
    int across = columns.orElse(squareColumns(tile, count));
    ImageGrid mosaic = mosaic(tile, Math.max(1, Math.ceilDiv(count, across)), across);
    for (int i = 0; i < count; i++) {
      int offset = units[i] * tile.size();
      double range = 0;
      for (int j = 0; j < tile.size(); j++) {
        range = Math.max(range, Math.abs(filters[offset + j]));
      }
      mosaic.put(i / across, i % across, filters, offset, -range, range);
      listener.progressed("rendering", i + 1L, count);
    }
    mosaic.write(png);
  }

  /**
   * Renders filters as {@link #write(Path, float[], int[])} does, those of the largest norms first.
   *
   * @param filters {@code (units, inputs)}
   * @param listener receives the number of rendered tiles
   * @return the number of units, of which at most {@link #most} are in the picture
   */
  public int writeLargest(Path png, float[] filters, ProgressListener listener) {
    int[] units = byScore(norms(filters));
    write(png, filters, units, listener);
    return units.length;
  }

  /** As {@link #writeLargest(Path, float[], ProgressListener)}, without a listener. */
  public int writeLargest(Path png, float[] filters) {
    return writeLargest(png, filters, ProgressListener.SILENT);
  }

  /**
   * Renders samples and, below each, its reconstruction, both on the sample's own range.
   *
   * @param originals {@code (samples, inputs)}
   * @param reconstructions {@code (samples, inputs)}
   * @throws dev.wta.api.WtaException if the shape makes no picture, or the file cannot be written
   */
  public void writeReconstructions(Path png, float[] originals, float[] reconstructions) {
    TileShape tile = TileShape.of(sample);
    requireWhole("samples", originals, tile);
    if (originals.length != reconstructions.length) {
      throw new IllegalArgumentException(
          "%d numbers of samples, %d of reconstructions"
              .formatted(originals.length, reconstructions.length));
    }
    int count = Math.min(originals.length / tile.size(), most);
    int across = columns.orElse(Math.clamp(count, 1, 20));
    ImageGrid mosaic = mosaic(tile, 2 * Math.max(1, Math.ceilDiv(count, across)), across);
    for (int i = 0; i < count; i++) {
      int offset = i * tile.size();
      double low = Double.POSITIVE_INFINITY;
      double high = Double.NEGATIVE_INFINITY;
      for (int j = 0; j < tile.size(); j++) {
        low = Math.min(low, originals[offset + j]);
        high = Math.max(high, originals[offset + j]);
      }
      int row = 2 * (i / across);
      mosaic.put(row, i % across, originals, offset, low, high);
      mosaic.put(row + 1, i % across, reconstructions, offset, low, high);
    }
    mosaic.write(png);
  }

  /** All units, from the first. */
  public int[] inOrder(float[] filters) {
    return IntStream.range(0, filters.length / TileShape.of(sample).size()).toArray();
  }

  /**
   * Units by falling score, such as how often each is active or its {@link #norms}; equals in the
   * units' order.
   */
  public static int[] byScore(double[] scores) {
    return IntStream.range(0, scores.length)
        .boxed()
        .sorted(Comparator.comparingDouble(unit -> -scores[unit]))
        .mapToInt(Integer::intValue)
        .toArray();
  }

  /** The L2 norm of each filter. */
  public double[] norms(float[] filters) {
    int size = TileShape.of(sample).size();
    double[] norms = new double[filters.length / size];
    for (int at = 0; at < norms.length * size; at++) {
      norms[at / size] += (double) filters[at] * filters[at];
    }
    for (int unit = 0; unit < norms.length; unit++) {
      norms[unit] = Math.sqrt(norms[unit]);
    }
    return norms;
  }

  private ImageGrid mosaic(TileShape tile, int rows, int across) {
    int side = zoom.orElse(Math.clamp(USUAL_WIDTH / (across * (tile.width() + 1L)), 1, MOST_ZOOM));
    return new ImageGrid(tile, rows, across, side, Math.max(2, side));
  }

  /** As many columns as make the picture about as wide as it is high. */
  private static int squareColumns(TileShape tile, int count) {
    double columns = Math.sqrt(count * (double) tile.height() / tile.width());
    return Math.clamp((long) Math.ceil(columns - 1e-9), 1, Math.max(1, count));
  }

  private static void requireWhole(String what, float[] values, TileShape tile) {
    if (values.length % tile.size() != 0) {
      throw new IllegalArgumentException(
          "%d numbers are no whole %s of %d".formatted(values.length, what, tile.size()));
    }
  }
}
