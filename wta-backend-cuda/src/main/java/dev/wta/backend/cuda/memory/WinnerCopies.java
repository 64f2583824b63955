package dev.wta.backend.cuda.memory;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.wta.backend.cuda.kernel.Kernel;
import dev.wta.backend.cuda.kernel.Kernels;
import dev.wta.backend.cuda.kernel.Launch;
import dev.wta.backend.cuda.memory.CudaMemory.Scratch;
import java.lang.foreign.MemorySegment;

/** Copies winners, all or some of them, without the host. */
final class WinnerCopies {
  /** Slots of which one block finds the smallest value. */
  private static final int STRETCH = 4096;

  private final CudaMemory memory;
  private final Kernels kernels;

  WinnerCopies(CudaMemory memory, Kernels kernels) {
    this.memory = memory;
    this.kernels = kernels;
  }

  /** The winners that are copied, as the kernel's {@code struct Chosen} has them. */
  private record Chosen(
      int firstUnit, int endUnit, int firstRank, int endRank, long ranks, boolean positive)
      implements Launch.Struct {
    static Chosen units(int first, int end) {
      return new Chosen(first, end, 0, 0, 0, false);
    }

    @Override
    public long bytes() {
      return 4 * Integer.BYTES + 2 * Long.BYTES;
    }

    @Override
    public void write(MemorySegment to) {
      int[] limits = {firstUnit, endUnit, firstRank, endRank};
      MemorySegment.copy(limits, 0, to, JAVA_INT, 0, limits.length);
      long after = limits.length * (long) Integer.BYTES;
      to.set(JAVA_LONG, after, ranks);
      to.set(JAVA_INT, after + Long.BYTES, positive ? 1 : 0);
    }
  }

  void units(CudaWinners source, int from, int to, CudaWinners target) {
    copy(source, source.slotColumns(), Chosen.units(from, to), 0, target);
  }

  void ranks(CudaWinners source, int from, int to, CudaWinners target) {
    try (Scratch ranks = memory.scratch((long) source.slots() * Integer.BYTES)) {
      kernels
          .launch(Kernel.RANK_WINNERS)
          .struct(source.ofSample())
          .address(source.slotColumns().value())
          .integer(source.samples())
          .address(ranks.address())
          .warps(source.samples());
      Chosen chosen = new Chosen(0, source.units(), from, to, ranks.address(), false);
      copy(source, source.slotColumns(), chosen, 0, target);
    }
  }

  void spread(CudaWinners source, CudaTensor values, int[] units, CudaWinners target) {
    try (Scratch spread = memory.scratch((long) units.length * Integer.BYTES)) {
      memory.staging().upload(MemorySegment.ofArray(units), spread.address());
      copy(source, with(source, values), Chosen.units(0, units.length), spread.address(), target);
    }
  }

  void positive(CudaWinners source, CudaTensor values, CudaWinners target) {
    Chosen chosen = new Chosen(0, source.units(), 0, 0, 0, true);
    copy(source, with(source, values), chosen, 0, target);
    kernels.copy(source.nanCounter(), target.nanCounter(), 2);
  }

  /** Winners with other values. */
  private static SlotColumns with(CudaWinners source, CudaTensor values) {
    SlotColumns columns = source.slotColumns();
    return new SlotColumns(columns.sample(), columns.unit(), columns.position(), values.address());
  }

  private void copy(
      CudaWinners source, SlotColumns slots, Chosen chosen, long spread, CudaWinners target) {
    boolean byUnit = source.isUnitMajor();
    target.emptied(byUnit, source.slots());
    int ranges = byUnit ? source.units() : source.samples();
    kernels
        .launch(Kernel.COPY_WINNERS)
        .struct(slots)
        .address(byUnit ? source.unitStart() : source.sampleStart())
        .address(byUnit ? source.unitEnd() : source.sampleEnd())
        .integer(ranges)
        .flag(byUnit)
        .struct(chosen)
        .address(spread)
        .struct(target.slotColumns())
        .address(byUnit ? target.unitStart() : target.sampleStart())
        .address(byUnit ? target.unitEnd() : target.sampleEnd())
        .warps(ranges);
    memory.indexing().index(target);
  }

  void least(CudaWinners winners, CudaTensor out) {
    int parts = Math.max(1, Math.ceilDiv(winners.slots(), STRETCH));
    try (Scratch partial = memory.scratch((long) parts * Float.BYTES)) {
      kernels
          .launch(Kernel.LEAST_WINNER)
          .address(winners.sampleOf())
          .address(winners.slotColumns().value())
          .integer(winners.slots())
          .integer(STRETCH)
          .address(partial.address())
          .blocks(parts);
      kernels
          .launch(Kernel.LEAST_WINNER)
          .address(0)
          .address(partial.address())
          .integer(parts)
          .integer(parts)
          .tensor(out)
          .blocks(1);
    }
  }
}
