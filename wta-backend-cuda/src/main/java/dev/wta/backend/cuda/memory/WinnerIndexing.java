package dev.wta.backend.cuda.memory;

import dev.wta.backend.cuda.kernel.Kernel;
import dev.wta.backend.cuda.kernel.Kernels;
import dev.wta.backend.cuda.memory.CudaMemory.Scratch;

/** Makes the minor index of winners whose slots and major index are there, and counts them. */
public final class WinnerIndexing {
  /** Threads of the one block that sums up. */
  private static final int SCAN_BLOCK = 1024;

  /** Places that a block sorts: {@code STRETCH} in winnerindex.cu. */
  private static final int STRETCH = 1024;

  private final CudaMemory memory;
  private final Kernels kernels;

  WinnerIndexing(CudaMemory memory, Kernels kernels) {
    this.memory = memory;
    this.kernels = kernels;
  }

  public void index(CudaWinners winners) {
    boolean bySample = winners.isUnitMajor();
    int keys = bySample ? winners.samples() : winners.units();
    long keyOf = bySample ? winners.sampleOf() : winners.unitOf();
    long start = bySample ? winners.sampleStart() : winners.unitStart();
    long end = bySample ? winners.sampleEnd() : winners.unitEnd();
    int slots = winners.slots();
    try (Scratch counts = memory.scratch((long) keys * Integer.BYTES);
        Scratch placed = memory.scratch((long) slots * Integer.BYTES)) {
      memory.clear(counts.address(), keys);
      kernels
          .launch(Kernel.COUNT_WINNERS)
          .address(keyOf)
          .address(winners.sampleOf())
          .integer(slots)
          .address(counts.address())
          .over(slots);
      scan(counts.address(), keys, start, end, winners.counter());
      kernels
          .launch(Kernel.PLACE_WINNERS)
          .address(keyOf)
          .address(winners.sampleOf())
          .integer(slots)
          .address(start)
          .address(counts.address())
          .address(placed.address())
          .over(slots);
      kernels
          .launch(Kernel.SORT_PLACES)
          .address(keyOf)
          .address(winners.counter())
          .address(start)
          .address(end)
          .address(placed.address())
          .blocks(Math.ceilDiv(slots, STRETCH));
      kernels
          .launch(Kernel.ORDER_WINNERS)
          .address(keyOf)
          .address(placed.address())
          .address(winners.counter())
          .integer(slots)
          .address(start)
          .address(end)
          .address(winners.list())
          .over(slots);
    }
  }

  /**
   * Where each of {@code count} ranges starts and ends that lie one after the other; {@code end}
   * and {@code total} may be 0.
   */
  public void scan(long counts, int count, long start, long end, long total) {
    kernels
        .launch(Kernel.SCAN)
        .address(counts)
        .integer(count)
        .address(start)
        .address(end)
        .address(total)
        .run(1, 1, 1, SCAN_BLOCK);
  }
}
