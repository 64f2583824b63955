package dev.wta.backend.cuda.op;

import dev.wta.api.op.Dense.Reduction;
import dev.wta.backend.cuda.kernel.Kernel;
import dev.wta.backend.cuda.kernel.Kernels;
import dev.wta.backend.cuda.kernel.Launch;
import dev.wta.backend.cuda.memory.CudaMemory;
import dev.wta.backend.cuda.memory.CudaMemory.Scratch;
import java.lang.foreign.MemorySegment;

/** Sums and maxima, cut into parts by the shape alone, so that bits do not depend on the device. */
public final class CudaReductions {
  /** Rows up to this length are a warp's work, longer ones a block's. */
  private static final int SHORT_ROW = 1024;

  private static final int PART_ROWS = 128;
  private static final int MOST_PARTS = 65_535;

  /** Elements of a total that one block sums. */
  private static final int STRETCH = 16_384;

  private final CudaMemory memory;
  private final Kernels kernels;

  public CudaReductions(CudaMemory memory, Kernels kernels) {
    this.memory = memory;
    this.kernels = kernels;
  }

  public void rows(Reduction reduction, long x, int rows, int rowSize, long out) {
    if (rowSize <= SHORT_ROW) {
      kernels
          .launch(Kernel.REDUCE_SHORT_ROWS)
          .integer(FunctionCodes.of(reduction))
          .address(x)
          .address(out)
          .integer(rows)
          .integer(rowSize)
          .warps(rows);
    } else {
      kernels
          .launch(Kernel.REDUCE_LONG_ROWS)
          .integer(FunctionCodes.of(reduction))
          .address(x)
          .address(out)
          .integer(rowSize)
          .blocks(rows);
    }
  }

  public void columns(Reduction reduction, long x, int rows, int columns, long out) {
    int partRows = Math.max(PART_ROWS, Math.ceilDiv(rows, MOST_PARTS));
    int parts = Math.max(1, Math.ceilDiv(rows, partRows));
    if (parts == 1) {
      columnParts(reduction, x, rows, columns, partRows, 1, out);
      return;
    }
    Reduction ofParts = reduction == Reduction.SUM_OF_SQUARES ? Reduction.SUM : reduction;
    try (Scratch partial = memory.scratch((long) parts * columns * Float.BYTES)) {
      columnParts(reduction, x, rows, columns, partRows, parts, partial.address());
      columns(ofParts, partial.address(), parts, columns, out);
    }
  }

  private void columnParts(
      Reduction reduction, long x, int rows, int columns, int partRows, int parts, long out) {
    int threads = Math.min(Launch.BLOCK, Math.ceilDiv(columns, Launch.WARP) * Launch.WARP);
    kernels
        .launch(Kernel.REDUCE_COLUMNS)
        .integer(FunctionCodes.of(reduction))
        .address(x)
        .address(out)
        .integer(rows)
        .integer(columns)
        .integer(partRows)
        .run(columns == 0 ? 0 : Math.ceilDiv(columns, threads), parts, 1, threads);
  }

  /** The sum of {@code x}, or of {@code x * y} where {@code y} is not 0. Waits for the device. */
  public double total(long x, long y, long size) {
    if (size == 0) {
      return 0;
    }
    int parts = parts(size);
    try (Scratch partial = memory.scratch((parts + 1L) * Double.BYTES)) {
      kernels
          .launch(Kernel.SUM_PARTS)
          .address(x)
          .address(y)
          .address(partial.address())
          .whole(size)
          .integer(STRETCH)
          .blocks(parts);
      long total = partial.address() + (long) parts * Double.BYTES;
      sumOfParts(partial.address(), parts, 0, total);
      double[] result = new double[1];
      memory.staging().download(total, MemorySegment.ofArray(result));
      return result[0];
    }
  }

  /** {@code error = prediction - target}, and the sum of its squares to {@code loss}. */
  public void squaredError(long prediction, long target, long error, long size, long loss) {
    int parts = parts(size);
    try (Scratch partial = memory.scratch((long) parts * Double.BYTES)) {
      kernels
          .launch(Kernel.SQUARED_ERROR_PARTS)
          .address(prediction)
          .address(target)
          .address(error)
          .address(partial.address())
          .whole(size)
          .integer(STRETCH)
          .blocks(parts);
      sumOfParts(partial.address(), parts, loss, 0);
    }
  }

  /** Adds up {@code parts} doubles, to a float or a double; whichever address is not 0. */
  public void sumOfParts(long parts, int count, long narrow, long wide) {
    kernels
        .launch(Kernel.SUM_OF_PARTS)
        .address(parts)
        .integer(count)
        .address(narrow)
        .address(wide)
        .blocks(1);
  }

  private static int parts(long size) {
    return Math.toIntExact(Math.ceilDiv(size, (long) STRETCH));
  }
}
