package dev.wta.backend.cpu.conv;

import dev.wta.api.op.Window;
import dev.wta.backend.cpu.exec.Execution;
import dev.wta.backend.cpu.exec.Scratch;
import dev.wta.backend.cpu.gemm.GemmArguments;
import dev.wta.backend.cpu.gemm.GemmArguments.Matrix;
import dev.wta.backend.cpu.gemm.GemmKernel;
import dev.wta.backend.cpu.gemm.ThinGemm;
import dev.wta.backend.cpu.memory.CpuTensor;
import dev.wta.backend.cpu.vector.ReductionKernels;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The gradient of filters whose maps are zero at most positions, as behind a sparse code: the other
 * positions' windows, as the rows of a matrix, times the slopes there. What is zero adds nothing.
 */
public final class FewPositions {
  /** Where more than one position in so many is not zero, the other methods are faster. */
  private static final int SHARE = 12;

  /** The numbers of the windows that are multiplied at a time, about: 16 MiB. */
  private static final int BLOCK = 1 << 22;

  private final Execution execution;
  private final CpuTensor images; // (samples, channels, height, width)
  private final CpuTensor maps; // (samples, maps, map height, map width)
  private final Window window;
  private final int perSample;
  private final int[] starts; // (samples + 1): the positions before each sample's
  private final int[] positions; // (samples, perSample), of which a sample's first ones count

  public FewPositions(Execution execution, CpuTensor images, CpuTensor maps, Window window) {
    this.execution = execution;
    this.images = images;
    this.maps = maps;
    this.window = window;
    this.perSample = maps.shape().extent(2) * maps.shape().extent(3);
    int samples = maps.rowCount();
    starts = execution.shared.ints(Scratch.Use.PRODUCTS, samples + 1L);
    positions = execution.shared.ints(Scratch.Use.TRANSFORMED, (long) samples * perSample);
    execution.split(samples, 1, (from, to, worker) -> find(from, execution.scratch(worker)));
    starts[0] = 0;
    for (int n = 0; n < samples; n++) {
      starts[n + 1] += starts[n];
    }
  }

  private void find(int sample, Scratch scratch) {
    float[] sums = scratch.floats(Scratch.Use.ROW, perSample);
    int first = maps.offset() + sample * maps.rowSize();
    ReductionKernels.absoluteSums(maps.array(), first, maps.shape().extent(1), perSample, sums);
    int count = 0;
    for (int position = 0; position < perSample; position++) {
      if (sums[position] != 0) {
        positions[sample * perSample + count++] = position;
      }
    }
    starts[sample + 1] = count;
  }

  /**
   * {@code target = beta * target + gradient}, {@code (maps, channels, taps)}, if that pays and is
   * right; returns whether it did, and leaves the target unchanged if not. A zero times what is not
   * finite is not zero.
   */
  public boolean into(CpuTensor target, float beta) {
    int samples = maps.rowCount();
    int count = starts[samples];
    if ((long) count * SHARE > (long) samples * perSample || !imagesAreFinite()) {
      return false;
    }
    int size = target.rowSize();
    int block = Math.max(1, BLOCK / Math.max(1, size));
    float scale = beta;
    int sample = 0;
    int from = 0;
    do {
      int to = Math.min(count, from + block);
      multiply(sample, from, to, target, scale);
      while (sample < samples && starts[sample + 1] <= to) {
        sample++;
      }
      from = to;
      scale = 1;
    } while (from < count);
    return true;
  }

  private boolean imagesAreFinite() {
    AtomicBoolean finite = new AtomicBoolean(true);
    int size = images.rowSize();
    execution.split(
        images.rowCount(),
        1,
        (n, end, worker) -> {
          int at = images.offset() + n * size;
          if (!Double.isFinite(ReductionKernels.preciseSum(images.array(), at, size))) {
            finite.set(false);
          }
        });
    return finite.get();
  }

  /** The positions {@code from} to {@code to - 1} of all, the first of which is {@code first}'s. */
  private void multiply(int first, int from, int to, CpuTensor target, float beta) {
    int count = to - from;
    int mapCount = maps.shape().extent(1);
    int size = target.rowSize();
    float[] windows = execution.shared.floats(Scratch.Use.TRANSFORMED, (long) count * size);
    float[] slopes = execution.shared.floats(Scratch.Use.PRODUCTS, (long) count * mapCount);
    MapWindow view = new MapWindow(images.shape(), window);
    execution.split(
        maps.rowCount() - first,
        1,
        (piece, end, worker) -> {
          int n = first + piece;
          int map = maps.offset() + n * maps.rowSize();
          int image = images.offset() + n * images.rowSize();
          for (int i = Math.max(from, starts[n]); i < Math.min(to, starts[n + 1]); i++) {
            int position = positions[n * perSample + i - starts[n]];
            int row = (i - from) * size;
            Arrays.fill(windows, row, row + size, 0f);
            view.read(1, images.array(), image, position, windows, row);
            for (int m = 0; m < mapCount; m++) {
              slopes[(i - from) * mapCount + m] = maps.array()[map + m * perSample + position];
            }
          }
        });
    GemmArguments product =
        new GemmArguments(
            new Matrix(slopes, 0, mapCount, count, true),
            new Matrix(windows, 0, count, size, false),
            1,
            beta,
            null,
            false,
            target.array(),
            target.offset());
    if (ThinGemm.suits(product)) {
      new ThinGemm(product).run(execution);
    } else {
      new GemmKernel(product).run(execution);
    }
  }
}
