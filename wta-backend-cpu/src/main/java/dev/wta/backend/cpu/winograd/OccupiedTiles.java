package dev.wta.backend.cpu.winograd;

import dev.wta.backend.cpu.exec.Execution;
import dev.wta.backend.cpu.exec.Scratch;
import dev.wta.backend.cpu.memory.CpuTensor;
import dev.wta.backend.cpu.vector.ReductionKernels;

/**
 * The tiles of each sample that hold anything but zeros. The others add nothing to a product and
 * are left out of it: the gradient of a sparse code is zero in most of a layer's positions.
 */
final class OccupiedTiles {
  private final int perSample;
  private final int samples;
  private final int[] starts; // (samples + 1): how many tiles the samples before have
  private final int[] tiles; // (samples, perSample), of which a sample's first ones count

  private OccupiedTiles(Execution execution, int samples, int perSample) {
    this.samples = samples;
    this.perSample = perSample;
    starts = execution.shared.ints(Scratch.Use.PRODUCTS, samples + 1L);
    tiles = execution.shared.ints(Scratch.Use.TRANSFORMED, (long) samples * perSample);
  }

  /** Every tile, whatever it holds. */
  static OccupiedTiles all(Execution execution, int samples, int perSample) {
    OccupiedTiles all = new OccupiedTiles(execution, samples, perSample);
    for (int n = 0; n <= samples; n++) {
      all.starts[n] = n * perSample;
    }
    for (int i = 0; i < samples * perSample; i++) {
      all.tiles[i] = i % perSample;
    }
    return all;
  }

  /**
   * Looks for them. Tiles overlap: they begin {@link WinogradTransforms#OUTPUTS} positions apart,
   * the first one {@code padding} positions before the planes.
   *
   * @param planes {@code (samples, channels, height, width)}
   */
  static OccupiedTiles of(
      Execution execution, CpuTensor planes, int padding, int tileRows, int tileColumns) {
    OccupiedTiles found = new OccupiedTiles(execution, planes.rowCount(), tileRows * tileColumns);
    int height = planes.shape().extent(2);
    int width = planes.shape().extent(3);
    int plane = height * width;
    execution.split(
        found.samples,
        1,
        (from, to, worker) -> {
          for (int n = from; n < to; n++) {
            float[] sums = execution.scratch(worker).floats(Scratch.Use.ROW, plane);
            int first = planes.offset() + n * planes.rowSize();
            ReductionKernels.absoluteSums(
                planes.array(), first, planes.shape().extent(1), plane, sums);
            int count = 0;
            for (int tile = 0; tile < found.perSample; tile++) {
              int y = tile / tileColumns * WinogradTransforms.OUTPUTS - padding;
              int x = tile % tileColumns * WinogradTransforms.OUTPUTS - padding;
              if (anyWithin(
                  sums,
                  width,
                  Math.max(0, y),
                  Math.min(height, y + WinogradTransforms.POINTS),
                  Math.max(0, x),
                  Math.min(width, x + WinogradTransforms.POINTS))) {
                found.tiles[n * found.perSample + count++] = tile;
              }
            }
            found.starts[n + 1] = count;
          }
        });
    found.starts[0] = 0;
    for (int n = 0; n < found.samples; n++) {
      found.starts[n + 1] += found.starts[n];
    }
    return found;
  }

  private static boolean anyWithin(float[] sums, int width, int y0, int y1, int x0, int x1) {
    for (int y = y0; y < y1; y++) {
      for (int i = y * width + x0; i < y * width + x1; i++) {
        if (sums[i] != 0) {
          return true;
        }
      }
    }
    return false;
  }

  int samples() {
    return samples;
  }

  /** How many tiles a run of samples has. */
  int count(int from, int to) {
    return starts[to] - starts[from];
  }

  int count(int sample) {
    return count(sample, sample + 1);
  }

  /** The place in its sample, row by row, of the sample's {@code i}-th tile. */
  int tile(int sample, int i) {
    return tiles[sample * perSample + i];
  }

  /** Whether a sample's tiles are all there. */
  boolean isFull(int sample) {
    return count(sample) == perSample;
  }

  /**
   * The end of the longest run of samples, at least one, that have {@code mostTiles} between them.
   */
  int end(int from, int mostTiles, int mostSamples) {
    int to = from + 1;
    while (to < samples && to - from < mostSamples && count(from, to + 1) <= mostTiles) {
      to++;
    }
    return to;
  }
}
