package dev.wta.backend.cpu.winograd;

import static dev.wta.backend.cpu.vector.Lanes.COUNT;
import static dev.wta.backend.cpu.winograd.WinogradTransforms.OUTPUTS;
import static dev.wta.backend.cpu.winograd.WinogradTransforms.POINTS;

import dev.wta.api.op.Window;
import dev.wta.backend.cpu.exec.Execution;
import dev.wta.backend.cpu.exec.Scratch;
import dev.wta.backend.cpu.gemm.PackedPanels;
import dev.wta.backend.cpu.memory.CpuTensor;
import dev.wta.backend.cpu.tile.GemmTile;
import dev.wta.backend.cpu.vector.Lanes;
import dev.wta.backend.cpu.vector.Transposition;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Convolution with 5x5 windows by Winograd's minimal filtering: tiles of 8x8 pixels and the filters
 * are transformed, multiplied point by point, which is a product of matrices for each of the 64
 * points, and transformed back to 4x4 positions. That takes 64 multiplications where the sum over
 * the window takes 400. The cost of transforms is proportional to the numbers of channels and of
 * maps, and that of products to both, so it pays where there are many of each.
 *
 * <p>The error is bounded like the sum's, but relative to the largest terms in a tile and not to
 * each position's own; see {@link #suits}. A number that is not finite would spread over its tile,
 * so the caller convolves directly if there is one. The transpose leaves {@link OccupiedTiles empty
 * tiles} out.
 */
public final class WinogradConvolution {
  /** Channels that make the sums long enough for the transforms' rounding to be small beside. */
  private static final int LEAST_CHANNELS = 32;

  /** Channels that a tile adds up in one go. */
  private static final int MOST_CHANNELS = GemmTile.DEPTH;

  private static final int LEAST_MAPS = 16;

  /** Rows that tiles read and write beyond the last one, at most. */
  private static final int SPARE_ROWS = PackedPanels.ROWS;

  /** With more, sums at the corner have so few terms that rounding elsewhere in the tile shows. */
  static final int MOST_PADDING = 2;

  /** Transformed tiles of a sample that still fit the last-level cache. */
  private static final int MOST_TILES = 256;

  /**
   * Tiles of a piece of work, at most if a sample has no more: the filters are read once for them.
   */
  private static final int TILES = 112;

  /** Pieces of work for each thread, at least, while there are samples enough. */
  private static final int PIECES = 4;

  private final Execution execution;
  private final WinogradFilters filters;
  private final boolean transposed;
  private final int imageHeight;
  private final int imageWidth;
  private final int padding;
  private final int channels;
  private final int channelStride;
  private final int shared; // lines of points whose channels share a row
  private final int mapStride;
  private final int tileRows;
  private final int tileColumns;

  /** Takes the maps of one sample. */
  @FunctionalInterface
  interface Finish {
    /**
     * @param maps {@code (height, pitch, stride)} without biases, of which the map's width and the
     *     maps are of interest
     * @param lanes room for two vectors
     */
    void take(int sample, float[] maps, int pitch, int stride, float[] lanes);
  }

  /**
   * The square window of the convolution from maps to images that is the transpose of another's.
   */
  public static Window transposed(Window window) {
    int size = window.height();
    return new Window(size, size, size - 1 - window.padding());
  }

  /**
   * Whether a convolution of that shape is faster this way, and exact enough.
   *
   * @param maps how many it makes of each image
   */
  public static boolean suits(CpuTensor images, int maps, Window window) {
    int channels = images.shape().extent(1);
    int height = window.mapHeight(images.shape().extent(2));
    int width = window.mapWidth(images.shape().extent(3));
    int tiles = tiles(height) * tiles(width);
    return window.height() == WinogradTransforms.TAPS
        && window.width() == WinogradTransforms.TAPS
        && window.padding() <= MOST_PADDING
        && channels >= LEAST_CHANNELS
        && channels <= MOST_CHANNELS
        && maps >= LEAST_MAPS
        && tiles > 0
        && tiles <= MOST_TILES
        && 25 * height * width >= 2 * POINTS * POINTS * tiles;
  }

  private static int tiles(int extent) {
    return Math.ceilDiv(extent, OUTPUTS);
  }

  /**
   * @param weights {@code (maps, channels, 5, 5)}
   * @param transposed whether it convolves maps to images, see {@link #transposed(Window)}
   */
  public WinogradConvolution(
      Execution execution, CpuTensor images, CpuTensor weights, Window window, boolean transposed) {
    this.execution = execution;
    this.transposed = transposed;
    this.imageHeight = images.shape().extent(2);
    this.imageWidth = images.shape().extent(3);
    this.padding = window.padding();
    this.tileRows = tiles(window.mapHeight(imageHeight));
    this.tileColumns = tiles(window.mapWidth(imageWidth));
    this.filters = new WinogradFilters(execution, weights, transposed);
    this.channels = filters.channels();
    this.channelStride = Lanes.padded(channels);
    this.shared = Math.min(POINTS, Math.max(1, GemmTile.DEPTH / channelStride));
    this.mapStride = Lanes.padded(filters.maps());
  }

  /**
   * Convolves all samples; returns whether all results are finite numbers.
   *
   * @param images {@code (samples, channels, height, width)}
   */
  public boolean run(CpuTensor images, Finish finish) {
    if (!filters.finite()) {
      return false;
    }
    int samples = images.rowCount();
    OccupiedTiles tiles =
        transposed // maps, which may be those of a sparse code
            ? OccupiedTiles.of(execution, images, padding, tileRows, tileColumns)
            : OccupiedTiles.all(execution, samples, tileRows * tileColumns);
    int mostSamples = Math.ceilDiv(samples, PIECES * execution.workers.count());
    int[] ends = execution.shared.ints(Scratch.Use.ROWS, samples);
    int pieces = 0;
    for (int n = 0; n < samples; n = ends[pieces++]) {
      ends[pieces] = tiles.end(n, TILES, mostSamples);
    }
    AtomicBoolean finite = new AtomicBoolean(true);
    execution.workers.run(
        pieces,
        (piece, worker) -> {
          int from = piece == 0 ? 0 : ends[piece - 1];
          if (!piece(images, tiles, from, ends[piece], finish, execution.scratch(worker))) {
            finite.set(false);
          }
        });
    return finite.get();
  }

  private boolean piece(
      CpuTensor images, OccupiedTiles tiles, int from, int to, Finish finish, Scratch scratch) {
    int rows = tiles.count(from, to);
    // From one point to the next, so that points do not meet in one set of the cache.
    int inputStep = rows * GemmTile.DEPTH + COUNT;
    int outputStep = (rows + SPARE_ROWS) * mapStride + COUNT;
    float[] inputs =
        scratch.floats(
            Scratch.Use.TRANSFORMED,
            (long) inputStart(POINTS - 1, POINTS, inputStep) + (long) SPARE_ROWS * GemmTile.DEPTH);
    float[] products = scratch.floats(Scratch.Use.PRODUCTS, (long) POINTS * POINTS * outputStep);
    for (int n = from; n < to; n++) {
      int first = tiles.count(from, n) * GemmTile.DEPTH;
      transformInputs(images, tiles, n, inputs, first, inputStep, scratch);
    }
    for (int point = 0; point < POINTS * POINTS; point++) {
      int first = inputStart(point / POINTS, point % POINTS, inputStep);
      multiply(inputs, first, rows, point, products, point * outputStep);
    }
    boolean finite = true;
    for (int n = from; n < to; n++) {
      int pitch = tileColumns * OUTPUTS;
      int size = tileRows * OUTPUTS * pitch * mapStride;
      float[] maps = scratch.floats(Scratch.Use.BLOCK, size);
      if (!tiles.isFull(n)) {
        Arrays.fill(maps, 0, size, 0f);
      }
      int first = tiles.count(from, n) * mapStride;
      finite &= transformOutputs(products, tiles, n, first, outputStep, maps, scratch);
      finish.take(n, maps, pitch, mapStride, scratch.floats(Scratch.Use.ROW, 2L * COUNT));
    }
    return finite;
  }

  /**
   * Where the transformed tiles of a point begin, {@code (rows, DEPTH)}: of several lines' points
   * the channels stand in one row, as many as it has room for.
   *
   * @param step from one such matrix to the next
   */
  private int inputStart(int line, int point, int step) {
    return (line / shared * POINTS + point) * step + line % shared * channelStride;
  }

  private void transformInputs(
      CpuTensor images,
      OccupiedTiles tiles,
      int n,
      float[] inputs,
      int first,
      int step,
      Scratch scratch) {
    int count = tiles.count(n);
    if (count == 0) {
      return;
    }
    int pixelRow = (tileColumns * OUTPUTS + POINTS - OUTPUTS) * channelStride + COUNT;
    int height = tileRows * OUTPUTS + POINTS - OUTPUTS;
    float[] pixels = scratch.floats(Scratch.Use.BLOCK, (long) height * pixelRow);
    Arrays.fill(pixels, 0, height * pixelRow, 0f);
    for (int y = 0; y < imageHeight; y++) {
      Transposition.run(
          images.array(),
          images.offset() + n * images.rowSize() + y * imageWidth,
          imageHeight * imageWidth,
          channels,
          imageWidth,
          pixels,
          (y + padding) * pixelRow + padding * channelStride,
          channelStride);
    }
    float[] between = scratch.floats(Scratch.Use.ROW, (long) POINTS * POINTS * COUNT);
    int down = POINTS * COUNT; // from one row of what is half transformed to the next
    for (int i = 0; i < count; i++) {
      int tile = tiles.tile(n, i);
      int corner =
          tile / tileColumns * OUTPUTS * pixelRow + tile % tileColumns * OUTPUTS * channelStride;
      for (int c = 0; c < channels; c += COUNT) {
        WinogradTransforms.inputs(
            pixels, corner + c, pixelRow, channelStride, between, 0, down, COUNT);
        int to = first + i * GemmTile.DEPTH + c;
        for (int line = 0; line < POINTS; line++) {
          WinogradTransforms.inputLine(
              between, line * down, COUNT, inputs, to + inputStart(line, 0, step), step);
        }
      }
    }
  }

  /** {@code products (rows, maps) = inputs (rows, channels) * filters (channels, maps)}. */
  private void multiply(float[] inputs, int from, int rows, int point, float[] products, int to) {
    Arrays.fill(products, to, to + rows * mapStride, 0f);
    for (int panel = 0; panel < filters.panels(); panel++) {
      filters
          .tile(panel)
          .multiplyRows(
              inputs,
              from,
              rows,
              filters.points(),
              filters.start(point, panel),
              channels,
              products,
              to + panel * WinogradFilters.PANEL,
              mapStride);
    }
  }

  private boolean transformOutputs(
      float[] products,
      OccupiedTiles tiles,
      int n,
      int first,
      int step,
      float[] maps,
      Scratch scratch) {
    float[] between = scratch.floats(Scratch.Use.ROW, (long) POINTS * POINTS * COUNT);
    int row = tileColumns * OUTPUTS * mapStride;
    boolean finite = true;
    for (int i = 0; i < tiles.count(n); i++) {
      int tile = tiles.tile(n, i);
      int corner = tile / tileColumns * OUTPUTS * row + tile % tileColumns * OUTPUTS * mapStride;
      finite &= outputTile(products, first + i * mapStride, step, between, maps, corner, row);
    }
    return finite;
  }

  private boolean outputTile(
      float[] products, int first, int step, float[] between, float[] maps, int corner, int row) {
    int down = POINTS * COUNT;
    boolean finite = true;
    for (int m = 0; m < mapStride; m += COUNT) {
      WinogradTransforms.outputs(
          POINTS, products, first + m, POINTS * step, step, between, 0, down, COUNT);
      finite &=
          WinogradTransforms.outputs(
              OUTPUTS, between, 0, COUNT, down, maps, corner + m, mapStride, row);
    }
    return finite;
  }
}
