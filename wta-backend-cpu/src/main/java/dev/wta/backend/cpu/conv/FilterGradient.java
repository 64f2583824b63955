package dev.wta.backend.cpu.conv;

import dev.wta.backend.cpu.exec.Execution;
import dev.wta.backend.cpu.exec.Scratch;
import dev.wta.backend.cpu.gemm.TileRow;
import dev.wta.backend.cpu.memory.CpuTensor;
import dev.wta.backend.cpu.tile.DotTile;
import dev.wta.backend.cpu.vector.LaneSums;
import dev.wta.backend.cpu.vector.Lanes;
import java.util.Arrays;

/**
 * The gradient of filters as an implicit product: maps against the pixels that each tap sees,
 * summed along the positions of some samples at a time. A piece of work is a few maps and all their
 * taps, or those of some channels where maps are few.
 */
public final class FilterGradient {
  private static final DotTile TILE = DotTile.widest();

  private static final int TAPS = TILE.rows;

  private static final int MAPS = TILE.vectors;

  /** Vectors that are summed in float32 before their sum is added to others. */
  private static final int DEPTH = 256;

  /** Pieces enough, unless there are more threads. */
  private static final int PIECES = 32;

  private final Execution execution;
  private final PaddedPlanes planes;
  private final CpuTensor images; // (samples, channels, height, width)
  private final CpuTensor maps; // (samples, maps, map height, map width)
  private final int channels;
  private final int mapCount;
  private final int run;
  private final int[] offsets; // (taps)

  /** Samples that are summed at a time. */
  private final int block;

  public FilterGradient(
      Execution execution, PaddedPlanes planes, CpuTensor images, CpuTensor maps) {
    this.execution = execution;
    this.planes = planes;
    this.images = images;
    this.maps = maps;
    this.channels = images.shape().extent(1);
    this.mapCount = maps.shape().extent(1);
    this.run = Lanes.padded(planes.span());
    this.offsets = execution.shared.ints(Scratch.Use.PANELS, planes.taps());
    this.block = Math.clamp(DEPTH * Lanes.COUNT / Math.max(1, run), 1, DEPTH);
    planes.offsets(1, offsets);
  }

  /** {@code target = beta * target + gradient}, {@code (maps, channels, taps)}. */
  public void into(CpuTensor target, float beta) {
    int groups = Math.ceilDiv(mapCount, MAPS);
    int pieces = Math.max(PIECES, execution.workers.count());
    int parts = Math.clamp(pieces / Math.max(1, groups), 1, Math.max(1, channels));
    int share = Math.ceilDiv(channels, parts);
    execution.workers.run(
        groups * parts,
        (piece, worker) -> {
          int map = piece / parts * MAPS;
          int from = Math.min(channels, piece % parts * share);
          int to = Math.min(channels, from + share);
          int size = (to - from) * planes.taps();
          Scratch scratch = execution.scratch(worker);
          float[] sums = sums(map, from, to, scratch);
          for (int r = 0; r < Math.min(MAPS, mapCount - map); r++) {
            int at = target.offset() + (map + r) * target.rowSize() + from * planes.taps();
            TileRow.store(sums, r * size, size, 1, beta, target.array(), at);
          }
        });
  }

  /** The gradient of a tile's maps for some channels, {@code (rows, channels, taps)}. */
  private float[] sums(int map, int from, int to, Scratch scratch) {
    int size = (to - from) * planes.taps();
    float[] sums = scratch.floats(Scratch.Use.ROW, (long) MAPS * size);
    float[] slopes = scratch.floats(Scratch.Use.ROWS, (long) MAPS * block * run);
    Arrays.fill(sums, 0, MAPS * size, 0f);
    int rows = Math.min(MAPS, mapCount - map);
    int samples = images.rowCount();
    for (int n = 0; n < samples; n += block) {
      int count = Math.min(block, samples - n);
      for (int r = 0; r < rows; r++) {
        for (int s = 0; s < count; s++) {
          int at =
              maps.offset() + (n + s) * maps.rowSize() + (map + r) * (maps.rowSize() / mapCount);
          planes.copyMap(maps.array(), at, slopes, (r * count + s) * run, run);
        }
      }
      for (int c = from; c < to; c++) {
        float[] pixels = pixels(n, count, c, scratch);
        addTaps(slopes, rows, pixels, count, sums, (c - from) * planes.taps(), size, scratch);
      }
    }
    return sums;
  }

  /** One channel's planes of some samples, and zeros behind them. */
  private float[] pixels(int n, int count, int channel, Scratch scratch) {
    float[] pixels = scratch.floats(Scratch.Use.BLOCK, planes.size(count));
    int size = images.rowSize() / channels;
    for (int s = 0; s < count; s++) {
      int at = images.offset() + (n + s) * images.rowSize() + channel * size;
      planes.copy(images.array(), at, 1, pixels, s * planes.plane());
    }
    Arrays.fill(pixels, count * planes.plane(), planes.size(count), 0f);
    return pixels;
  }

  private void addTaps(
      float[] slopes,
      int rows,
      float[] pixels,
      int count,
      float[] sums,
      int first,
      int stride,
      Scratch scratch) {
    float[] lanes = scratch.floats(Scratch.Use.TILE, (long) MAPS * TAPS * Lanes.COUNT);
    int[] mapStarts = scratch.ints(Scratch.Use.ROW, MAPS);
    int[] tapStarts = scratch.ints(Scratch.Use.TILE, TAPS);
    int plane = planes.plane();
    int taps = planes.taps();
    int stretch = count == 1 ? DEPTH * Lanes.COUNT : run; // large samples come one at a time
    for (int t = 0; t < taps; t += TAPS) {
      for (int q = 0; q < run; q += stretch) {
        // Where maps or taps are missing the last one is summed again, and nobody reads the result.
        for (int r = 0; r < MAPS; r++) {
          mapStarts[r] = Math.min(r, rows - 1) * count * run + q;
        }
        for (int j = 0; j < TAPS; j++) {
          tapStarts[j] = offsets[Math.min(t + j, taps - 1)] + q;
        }
        int length = Math.min(stretch, run - q);
        TILE.multiply(pixels, tapStarts, plane, slopes, mapStarts, run, count, length, lanes);
        for (int r = 0; r < rows; r++) {
          for (int j = 0; j < Math.min(TAPS, taps - t); j++) {
            sums[r * stride + first + t + j] += LaneSums.of(lanes, (j * MAPS + r) * Lanes.COUNT);
          }
        }
      }
    }
  }
}
