package dev.wta.backend.cpu.winograd;

import static dev.wta.backend.cpu.vector.Lanes.COUNT;
import static dev.wta.backend.cpu.winograd.WinogradTransforms.POINTS;
import static dev.wta.backend.cpu.winograd.WinogradTransforms.TAPS;

import dev.wta.backend.cpu.exec.Execution;
import dev.wta.backend.cpu.exec.Scratch;
import dev.wta.backend.cpu.gemm.PackedPanels;
import dev.wta.backend.cpu.memory.CpuTensor;
import dev.wta.backend.cpu.tile.GemmTile;
import dev.wta.backend.cpu.vector.Lanes;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;

/** Filters of 5x5 taps, transformed: for each of 64 points a matrix of channels by maps, packed. */
final class WinogradFilters {
  /** The maps of a panel. */
  static final int PANEL = PackedPanels.VECTORS * COUNT;

  private final int channels;
  private final int maps;
  private final boolean turned;
  private final float[] points; // (points, panels, channels, panel width)
  private final int first; // where they begin in it
  private final int stride;
  private final AtomicBoolean finite = new AtomicBoolean(true);

  /**
   * @param filters {@code (maps, channels, 5, 5)}
   * @param transposed whether maps are convolved to images: channels and maps change places, and
   *     the window is turned round
   */
  WinogradFilters(Execution execution, CpuTensor filters, boolean transposed) {
    turned = transposed;
    maps = filters.shape().extent(turned ? 1 : 0);
    channels = filters.shape().extent(turned ? 0 : 1);
    stride = Lanes.padded(maps) * channels + COUNT; // so that points do not meet in one set
    Scratch.Lines lines =
        execution.shared.lines(Scratch.Use.PANELS, (long) POINTS * POINTS * stride);
    points = lines.array();
    first = lines.start();
    execution.split(
        channels,
        1,
        (from, to, worker) -> {
          for (int c = from; c < to; c++) {
            transform(filters, c, execution.scratch(worker));
          }
        });
  }

  private void transform(CpuTensor filters, int channel, Scratch scratch) {
    float[] taps = scratch.floats(Scratch.Use.ROW, (long) TAPS * TAPS * COUNT);
    float[] between = scratch.floats(Scratch.Use.TILE, (long) POINTS * TAPS * COUNT);
    int down = TAPS * COUNT; // from one row of what is half transformed to the next
    for (int map = 0; map < maps; map += COUNT) {
      gather(filters, channel, map, taps);
      if (!WinogradTransforms.finite(taps, 0, TAPS * TAPS)) {
        finite.set(false);
      }
      WinogradTransforms.filters(TAPS, taps, 0, down, COUNT, between, 0, down, COUNT);
      WinogradTransforms.filters(
          POINTS, between, 0, COUNT, down, points, at(channel, map), stride, POINTS * stride);
    }
  }

  /** Brings each tap of a vector of maps together; maps that there are not are zeros. */
  private void gather(CpuTensor filters, int channel, int map, float[] taps) {
    int present = Math.min(COUNT, maps - map);
    if (present < COUNT) {
      Arrays.fill(taps, 0, TAPS * TAPS * COUNT, 0f);
    }
    for (int m = 0; m < present; m++) {
      int row = turned ? channel : map + m;
      int column = turned ? map + m : channel;
      int from = filters.offset() + row * filters.rowSize() + column * TAPS * TAPS;
      for (int t = 0; t < TAPS * TAPS; t++) {
        int tap = turned ? TAPS * TAPS - 1 - t : t;
        taps[t * COUNT + m] = filters.array()[from + tap];
      }
    }
  }

  private int at(int channel, int map) {
    int panel = map / PANEL;
    return start(0, panel) + channel * width(panel) + map % PANEL;
  }

  /** Whether all filters are. */
  boolean finite() {
    return finite.get();
  }

  float[] points() {
    return points;
  }

  int panels() {
    return Math.ceilDiv(maps, PANEL);
  }

  /** The maps of a panel, filled up to whole vectors. */
  int width(int panel) {
    return Math.min(PANEL, Lanes.padded(maps) - panel * PANEL);
  }

  /** What multiplies with a panel. */
  GemmTile tile(int panel) {
    return PackedPanels.tile(width(panel) / COUNT);
  }

  /** Where a panel of a point's matrix begins. */
  int start(int point, int panel) {
    return first + point * stride + panel * PANEL * channels;
  }

  int channels() {
    return channels;
  }

  int maps() {
    return maps;
  }
}
