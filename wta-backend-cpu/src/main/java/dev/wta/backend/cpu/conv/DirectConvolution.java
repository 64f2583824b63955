package dev.wta.backend.cpu.conv;

import dev.wta.backend.cpu.exec.Execution;
import dev.wta.backend.cpu.exec.Scratch;
import dev.wta.backend.cpu.gemm.TileRow;
import dev.wta.backend.cpu.memory.CpuTensor;
import dev.wta.backend.cpu.tile.MapTile;
import dev.wta.backend.cpu.vector.Lanes;
import dev.wta.backend.cpu.vector.RunningSum;

/**
 * Convolution as an implicit product: a register tile of maps by positions reads the pixels where
 * {@link PaddedPlanes} has put them, so the image is never laid out in columns. A piece of work is
 * a sample, or some of its maps where samples are few; a few maps at a time are finished while
 * their sums are in a near cache, so that a {@link Finish} may keep less of them than a dense map.
 */
public final class DirectConvolution {
  private static final MapTile WIDE = MapTile.widest();

  private static final MapTile NARROW = WIDE.narrow();

  /** Taps that are summed in float32 before their sum is added to others. */
  private static final int DEPTH = RunningSum.LONGEST;

  /** Pieces enough, unless there are more threads. */
  private static final int PIECES = 32;

  private final Execution execution;
  private final PaddedPlanes planes;
  private final int channels;
  private final PackedFilters filters;
  private final int[] offsets; // (channels * taps)
  private final float[] zeros = new float[PackedFilters.MAPS];

  /** Takes a group of maps of one sample. */
  @FunctionalInterface
  interface Finish {
    /**
     * @param sums {@code (count, stride)}: the maps' sums and biases at the positions of {@link
     *     PaddedPlanes}
     */
    void take(int sample, int firstMap, int count, float[] sums, int stride);
  }

  public DirectConvolution(
      Execution execution, PaddedPlanes planes, int channels, PackedFilters filters) {
    this.execution = execution;
    this.planes = planes;
    this.channels = channels;
    this.filters = filters;
    this.offsets = execution.shared.ints(Scratch.Use.PANELS, filters.taps());
    planes.offsets(channels, offsets);
  }

  /** From one map's sums to the next: whole vectors. */
  int stride() {
    return Lanes.padded(planes.span());
  }

  /**
   * @param images {@code (samples, channels, height, width)}
   */
  public void run(CpuTensor images, Finish finish) {
    int samples = images.rowCount();
    if (samples == 0) {
      return;
    }
    int pieces = Math.max(PIECES, execution.workers.count());
    int parts = Math.clamp(pieces / samples, 1, Math.max(1, filters.groups()));
    int groups = Math.ceilDiv(filters.groups(), parts);
    execution.workers.run(
        samples * parts,
        (piece, worker) -> {
          Scratch scratch = execution.scratch(worker);
          float[] padded = scratch.floats(Scratch.Use.BLOCK, planes.size(channels));
          int n = piece / parts;
          planes.copy(images.array(), images.offset() + n * images.rowSize(), channels, padded, 0);
          int from = piece % parts * groups;
          for (int g = from; g < Math.min(filters.groups(), from + groups); g++) {
            finish.take(
                n, filters.firstMap(g), filters.count(g), sums(g, padded, scratch), stride());
          }
        });
  }

  private float[] sums(int group, float[] padded, Scratch scratch) {
    int stride = stride();
    int size = PackedFilters.MAPS * stride;
    float[] sums = scratch.floats(Scratch.Use.ROWS, size);
    float[] more = scratch.floats(Scratch.Use.TILE, size);
    float[] start = scratch.floats(Scratch.Use.ROW, PackedFilters.MAPS);
    System.arraycopy(filters.bias(), filters.firstMap(group), start, 0, PackedFilters.MAPS);
    int taps = filters.taps();
    int blocks = Math.max(1, Math.ceilDiv(taps, DEPTH));
    int depth = Math.ceilDiv(taps, blocks);
    sumTaps(group, 0, Math.min(depth, taps), start, padded, sums);
    for (int tap = depth; tap < taps; tap += depth) {
      sumTaps(group, tap, Math.min(depth, taps - tap), zeros, padded, more);
      TileRow.add(more, 0, size, sums, 0);
    }
    return sums;
  }

  /**
   * The sums of a group's maps over some of the taps.
   *
   * @param start {@code (maps)}: what each map's sums start from
   * @param out {@code (maps, stride)}
   */
  private void sumTaps(int group, int tap, int taps, float[] start, float[] padded, float[] out) {
    int stride = stride();
    float[] weights = filters.weights();
    int filter = filters.start(group) + tap * PackedFilters.MAPS;
    int width = WIDE.vectors * Lanes.COUNT;
    int q = 0;
    for (; q + width <= stride; q += width) {
      WIDE.convolve(start, weights, filter, padded, q, offsets, tap, taps, out, q, stride);
    }
    for (; q < stride; q += Lanes.COUNT) {
      NARROW.convolve(start, weights, filter, padded, q, offsets, tap, taps, out, q, stride);
    }
  }
}
