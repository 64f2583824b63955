package dev.wta.backend.cpu.winograd;

import static dev.wta.backend.cpu.vector.Lanes.COUNT;
import static dev.wta.backend.cpu.winograd.WinogradTransforms.OUTPUTS;
import static dev.wta.backend.cpu.winograd.WinogradTransforms.POINTS;
import static dev.wta.backend.cpu.winograd.WinogradTransforms.TAPS;

import dev.wta.api.op.Window;
import dev.wta.backend.cpu.exec.Execution;
import dev.wta.backend.cpu.exec.Scratch;
import dev.wta.backend.cpu.gemm.PackedPanels;
import dev.wta.backend.cpu.gemm.TileRow;
import dev.wta.backend.cpu.memory.CpuTensor;
import dev.wta.backend.cpu.tile.GemmTile;
import dev.wta.backend.cpu.vector.Lanes;
import dev.wta.backend.cpu.vector.Transposition;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The gradient of 5x5 filters, by the transposes of the transforms of {@link WinogradConvolution}:
 * of a tile, eight by eight pixels and four by four slopes become 64 points each, whose products,
 * summed over tiles and samples, are transformed to the 25 taps once at the end. That takes 64
 * multiplications where the sum over the positions takes 400.
 *
 * <p>Some samples at a time, whose tiles are the terms of one run of a product: their transforms
 * first, sample by sample, then the products, point by point. So the order of sums does not depend
 * on threads.
 */
public final class WinogradFilterGradient {
  /** Maps and channels that make the products long beside the transforms. */
  private static final int LEAST = 16;

  /** Positions that make the sums long enough for the transforms' rounding to be small beside. */
  private static final int LEAST_POSITIONS = 64;

  /** Sums, of all points, that are kept: 128 MiB. */
  private static final long MOST_SUMS = 1L << 25;

  private static final int ALL = POINTS * POINTS;

  private final Execution execution;
  private final CpuTensor images; // (samples, channels, height, width)
  private final CpuTensor slopes; // (samples, maps, map height, map width)
  private final int padding;
  private final int channels;
  private final int maps;
  private final int tileRows;
  private final int tileColumns;
  private final int tiles; // of a sample
  private final int block; // samples
  private final int columns; // channels, in whole vectors
  private final int leftStep; // from one point to the next, as below
  private final int rightStep;
  private final int sumStep;
  private final float[] left; // (points, maps, DEPTH): slopes
  private final float[] right; // (points, panels, tiles, panel width): pixels
  private final int rightStart;
  private final float[] sums; // (points, maps, channels)

  /** Whether a gradient of that shape is faster this way, and exact enough. */
  public static boolean suits(CpuTensor images, CpuTensor slopes, Window window) {
    int height = slopes.shape().extent(2);
    int width = slopes.shape().extent(3);
    long positions = (long) height * width;
    long tiles = (long) Math.ceilDiv(height, OUTPUTS) * Math.ceilDiv(width, OUTPUTS);
    return window.height() == TAPS
        && window.width() == TAPS
        && window.padding() <= WinogradConvolution.MOST_PADDING
        && images.shape().extent(1) >= LEAST
        && slopes.shape().extent(1) >= LEAST
        && images.rowCount() * positions >= LEAST_POSITIONS
        && ALL * (long) images.shape().extent(1) * slopes.shape().extent(1) <= MOST_SUMS
        && tiles > 0
        && tiles <= GemmTile.DEPTH
        && TAPS * TAPS * positions >= 2 * ALL * tiles;
  }

  public WinogradFilterGradient(
      Execution execution, CpuTensor images, CpuTensor slopes, Window window) {
    this.execution = execution;
    this.images = images;
    this.slopes = slopes;
    this.padding = window.padding();
    this.channels = images.shape().extent(1);
    this.maps = slopes.shape().extent(1);
    this.tileRows = Math.ceilDiv(slopes.shape().extent(2), OUTPUTS);
    this.tileColumns = Math.ceilDiv(slopes.shape().extent(3), OUTPUTS);
    this.tiles = tileRows * tileColumns;
    this.block = GemmTile.DEPTH / tiles;
    this.columns = Lanes.padded(channels);
    int rows = Math.ceilDiv(maps, PackedPanels.ROWS) * PackedPanels.ROWS;
    // A vector more, so that points do not meet in one set of the cache.
    this.leftStep = rows * GemmTile.DEPTH + COUNT;
    this.rightStep = columns * block * tiles + COUNT;
    this.sumStep = rows * columns + COUNT;
    Scratch shared = execution.shared;
    left = shared.floats(Scratch.Use.ROWS, (long) ALL * leftStep);
    Scratch.Lines panels = shared.lines(Scratch.Use.PANELS, (long) ALL * rightStep);
    right = panels.array();
    rightStart = panels.start();
    sums = shared.floats(Scratch.Use.PRODUCTS, (long) ALL * sumStep);
  }

  /**
   * {@code target = beta * target + gradient}, {@code (maps, channels, taps)}; returns whether the
   * gradient is finite, and leaves the target unchanged if it is not.
   */
  public boolean into(CpuTensor target, float beta) {
    Arrays.fill(sums, 0, ALL * sumStep, 0f);
    int samples = images.rowCount();
    int pixelVectors = columns / COUNT;
    int slopeVectors = Math.ceilDiv(maps, COUNT);
    for (int n = 0; n < samples; n += block) {
      int first = n;
      int count = Math.min(block, samples - n);
      execution.workers.run(
          count * (pixelVectors + slopeVectors),
          (piece, worker) -> {
            int sample = piece % count;
            int vector = piece / count;
            Scratch scratch = execution.scratch(worker);
            if (vector < pixelVectors) {
              transformPixels(first + sample, vector * COUNT, sample * tiles, scratch);
            } else {
              int map = (vector - pixelVectors) * COUNT;
              transformSlopes(first + sample, map, sample * tiles, scratch);
            }
          });
      execution.workers.run(ALL, (point, worker) -> multiply(point, count * tiles));
    }
    return store(target, beta);
  }

  private int panel(int channel) {
    return channel / WinogradFilters.PANEL * WinogradFilters.PANEL;
  }

  private int width(int panel) {
    return Math.min(WinogradFilters.PANEL, columns - panel);
  }

  private void transformPixels(int sample, int channel, int firstTile, Scratch scratch) {
    int height = tileRows * OUTPUTS + TAPS - 1;
    int width = tileColumns * OUTPUTS + TAPS - 1;
    float[] pixels = planes(images, sample, channel, padding, height, width, scratch);
    float[] between = scratch.floats(Scratch.Use.ROW, (long) ALL * COUNT);
    int panel = panel(channel);
    int panelWidth = width(panel);
    int to = rightStart + panel * block * tiles + channel - panel;
    int row = width * COUNT;
    for (int tile = 0; tile < tiles; tile++) {
      int corner = tile / tileColumns * OUTPUTS * row + tile % tileColumns * OUTPUTS * COUNT;
      int at = to + (firstTile + tile) * panelWidth;
      WinogradTransforms.inputs(pixels, corner, row, COUNT, between, 0, POINTS * COUNT, COUNT);
      WinogradTransforms.inputs(
          between, 0, COUNT, POINTS * COUNT, right, at, rightStep, POINTS * rightStep);
    }
  }

  private void transformSlopes(int sample, int map, int firstTile, Scratch scratch) {
    int width = tileColumns * OUTPUTS;
    float[] planes = planes(slopes, sample, map, 0, tileRows * OUTPUTS, width, scratch);
    float[] between = scratch.floats(Scratch.Use.ROW, (long) POINTS * OUTPUTS * COUNT);
    int step = tiles * COUNT;
    float[] points = scratch.floats(Scratch.Use.TILE, (long) ALL * step); // (points, tiles, maps)
    int row = width * COUNT;
    for (int tile = 0; tile < tiles; tile++) {
      int corner = tile / tileColumns * OUTPUTS * row + tile % tileColumns * OUTPUTS * COUNT;
      WinogradTransforms.outputSlopes(
          OUTPUTS, planes, corner, row, COUNT, between, 0, OUTPUTS * COUNT, COUNT);
      WinogradTransforms.outputSlopes(
          POINTS, between, 0, COUNT, OUTPUTS * COUNT, points, tile * COUNT, step, POINTS * step);
    }
    int present = Math.min(COUNT, maps - map);
    for (int point = 0; point < ALL; point++) {
      int to = point * leftStep + map * GemmTile.DEPTH + firstTile;
      Transposition.run(points, point * step, COUNT, tiles, present, left, to, GemmTile.DEPTH);
    }
  }

  /**
   * A vector of a sample's planes, {@code (height, width, COUNT)}, between {@code margin} zeros
   * above and on the left and zeros as far as there is room below and on the right.
   */
  private static float[] planes(
      CpuTensor from, int sample, int first, int margin, int height, int width, Scratch scratch) {
    float[] planes = scratch.floats(Scratch.Use.BLOCK, (long) height * width * COUNT);
    Arrays.fill(planes, 0, height * width * COUNT, 0f);
    int rows = from.shape().extent(2);
    int columns = from.shape().extent(3);
    int present = Math.min(COUNT, from.shape().extent(1) - first);
    int start = from.offset() + sample * from.rowSize() + first * rows * columns;
    for (int y = 0; y < Math.min(rows, height - margin); y++) {
      Transposition.run(
          from.array(),
          start + y * columns,
          rows * columns,
          present,
          Math.min(columns, width - margin),
          planes,
          ((y + margin) * width + margin) * COUNT,
          COUNT);
    }
    return planes;
  }

  /** {@code sums (maps, channels) += left (maps, tiles) * right (tiles, channels)} of a point. */
  private void multiply(int point, int depth) {
    for (int panel = 0; panel < columns; panel += WinogradFilters.PANEL) {
      PackedPanels.tile(width(panel) / COUNT)
          .multiplyRows(
              left,
              point * leftStep,
              maps,
              right,
              rightStart + point * rightStep + panel * block * tiles,
              depth,
              sums,
              point * sumStep + panel,
              columns);
    }
  }

  private boolean store(CpuTensor target, float beta) {
    int size = channels * TAPS * TAPS;
    float[] gradient = execution.shared.floats(Scratch.Use.PRODUCT, (long) maps * columns * 25);
    AtomicBoolean finite = new AtomicBoolean(true);
    execution.split(
        maps,
        1,
        (from, to, worker) -> {
          for (int map = from; map < to; map++) {
            if (!taps(map, gradient, execution.scratch(worker))) {
              finite.set(false);
            }
          }
        });
    if (finite.get()) {
      for (int map = 0; map < maps; map++) {
        int at = target.offset() + map * size;
        TileRow.store(gradient, map * columns * 25, size, 1, beta, target.array(), at);
      }
    }
    return finite.get();
  }

  /**
   * Transforms a map's points to {@code gradient (maps, channels, taps)}; whether all is finite.
   */
  private boolean taps(int map, float[] gradient, Scratch scratch) {
    float[] between = scratch.floats(Scratch.Use.ROW, (long) POINTS * TAPS * COUNT);
    float[] taps = scratch.floats(Scratch.Use.TILE, (long) TAPS * TAPS * COUNT);
    boolean finite = true;
    for (int c = 0; c < columns; c += COUNT) {
      int from = map * columns + c;
      WinogradTransforms.filterSlopes(
          POINTS, sums, from, POINTS * sumStep, sumStep, between, 0, COUNT, TAPS * COUNT);
      WinogradTransforms.filterSlopes(
          TAPS, between, 0, TAPS * COUNT, COUNT, taps, 0, COUNT, TAPS * COUNT);
      finite &= WinogradTransforms.finite(taps, 0, TAPS * TAPS);
      int to = (map * columns + c) * TAPS * TAPS;
      Transposition.run(taps, 0, COUNT, TAPS * TAPS, COUNT, gradient, to, TAPS * TAPS);
    }
    return finite;
  }
}
