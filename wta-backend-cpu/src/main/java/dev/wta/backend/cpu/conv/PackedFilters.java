package dev.wta.backend.cpu.conv;

import dev.wta.backend.cpu.exec.Execution;
import dev.wta.backend.cpu.exec.Scratch;
import dev.wta.backend.cpu.memory.CpuTensor;
import dev.wta.backend.cpu.tile.MapTile;
import java.util.Arrays;

/**
 * Filters in the order in which {@link DirectConvolution} walks them: groups of as many maps as its
 * tile has rows, and within a group tap by tap, a weight of each map. What a group lacks in maps
 * are zeros.
 */
public final class PackedFilters {
  /** The maps of a group: the rows of the tile that walks them. */
  static final int MAPS = MapTile.widest().rows;

  private final int maps;
  private final int taps;
  private final float[] weights; // (groups, taps, MAPS)
  private final float[] bias; // (groups, MAPS)

  private PackedFilters(Scratch scratch, int maps, int taps) {
    this.maps = maps;
    this.taps = taps;
    this.weights = scratch.floats(Scratch.Use.PANELS, (long) groups() * taps * MAPS);
    this.bias = scratch.floats(Scratch.Use.ROW, (long) groups() * MAPS);
  }

  /**
   * The filters of a convolution.
   *
   * @param filters {@code (maps, channels, height, width)}
   * @param bias {@code (maps)}, or null for none
   */
  public static PackedFilters forward(Execution execution, CpuTensor filters, CpuTensor bias) {
    PackedFilters packed =
        new PackedFilters(execution.shared, filters.rowCount(), filters.rowSize());
    float[] from = filters.array();
    packed.pack(
        execution, (map, tap) -> from[filters.offset() + map * filters.rowSize() + tap], bias);
    return packed;
  }

  /**
   * The filters of the transposed convolution: a convolution of the maps with the filters turned
   * round, whose output are the channels.
   *
   * @param bias {@code (channels)}, or null for none
   */
  public static PackedFilters transposed(Execution execution, CpuTensor filters, CpuTensor bias) {
    int channels = filters.shape().extent(1);
    int size = filters.shape().extent(2) * filters.shape().extent(3);
    PackedFilters packed = new PackedFilters(execution.shared, channels, filters.rowCount() * size);
    float[] from = filters.array();
    packed.pack(
        execution,
        (channel, tap) -> {
          int kernel = tap / size * channels + channel;
          return from[filters.offset() + kernel * size + size - 1 - tap % size];
        },
        bias);
    return packed;
  }

  @FunctionalInterface
  private interface Weight {
    float of(int map, int tap);
  }

  private void pack(Execution execution, Weight weight, CpuTensor offsets) {
    execution.splitRows(
        groups(),
        (long) taps * MAPS,
        (from, to, worker) -> {
          for (int g = from; g < to; g++) {
            packGroup(g, weight, offsets);
          }
        });
  }

  private void packGroup(int g, Weight weight, CpuTensor offsets) {
    int count = count(g);
    int start = start(g);
    if (count < MAPS) {
      Arrays.fill(weights, start, start + taps * MAPS, 0f);
    }
    for (int r = 0; r < MAPS; r++) {
      int map = firstMap(g) + r;
      bias[map] = offsets == null || r >= count ? 0 : offsets.array()[offsets.offset() + map];
      for (int t = 0; r < count && t < taps; t++) {
        weights[start + t * MAPS + r] = weight.of(map, t);
      }
    }
  }

  float[] weights() {
    return weights;
  }

  /** Where a group's weights begin. */
  int start(int group) {
    return group * taps * MAPS;
  }

  /** Each map's bias, 0 where there is none. */
  float[] bias() {
    return bias;
  }

  int taps() {
    return taps;
  }

  int maps() {
    return maps;
  }

  int groups() {
    return Math.ceilDiv(maps, MAPS);
  }

  int firstMap(int group) {
    return group * MAPS;
  }

  /** The maps of a group. */
  int count(int group) {
    return Math.min(MAPS, maps - firstMap(group));
  }
}
