package dev.wta.backend.cuda.op;

import dev.wta.api.op.SelectionRule;
import dev.wta.api.tensor.Tensor;
import dev.wta.backend.cuda.kernel.Kernel;
import dev.wta.backend.cuda.kernel.Kernels;
import dev.wta.backend.cuda.kernel.Launch;
import dev.wta.backend.cuda.memory.CudaMemory;
import dev.wta.backend.cuda.memory.CudaMemory.Scratch;
import dev.wta.backend.cuda.memory.CudaWinners;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/**
 * One selection into one set of winners. Each rule but the last leaves a code in which only its
 * winners are still positive; since what is not positive is dropped in the end, that is all that
 * the next rule needs to know. The last rule stores winners, straight from its groups where it can.
 */
public final class SelectionPass implements AutoCloseable {
  /** Groups up to this size are a warp's work. */
  private static final int SMALL_GROUP = 256;

  private static final int STRETCH = 4096;
  private static final int HISTOGRAM_BLOCKS = 1024;

  private final CudaMemory memory;
  private final Kernels kernels;
  private CudaWinners winners;
  private final List<Scratch> held = new ArrayList<>();
  private final int samples;
  private final int units;
  private int positions;
  private long reduced;
  private long reducedCode;
  private long kept;
  private long nans;

  public SelectionPass(CudaMemory memory, Kernels kernels, CudaWinners winners) {
    this.memory = memory;
    this.kernels = kernels;
    this.winners = winners;
    samples = winners.samples();
    units = winners.units();
    positions = winners.positions();
    nans = winners.nanCounter();
    memory.clear(nans, 2);
  }

  /** For {@link #aboveToFit}: into winners that are made once their number is known. */
  public SelectionPass(CudaMemory memory, Kernels kernels, int samples, int units) {
    this.memory = memory;
    this.kernels = kernels;
    this.samples = samples;
    this.units = units;
    positions = 1;
    nans = hold(2 * Integer.BYTES);
    memory.clear(nans, 2);
  }

  /**
   * Selects what exceeds its unit's threshold. Waits for the device, which counts the winners.
   *
   * @param code {@code (samples, units)}, which is overwritten
   * @param room answers winners that hold so many
   */
  public CudaWinners aboveToFit(long code, Tensor thresholds, IntFunction<CudaWinners> room) {
    long nanCounter = nans;
    overwrite(code);
    keepAbove(code, thresholds);
    long counts = countRows(code);
    long total = hold(Integer.BYTES);
    memory.indexing().scan(counts, samples, 0, 0, total);
    int[] count = new int[1];
    memory.staging().download(total, MemorySegment.ofArray(count));
    winners = room.apply(count[0]);
    kernels.copy(nanCounter, winners.nanCounter(), 2);
    emitRows(code, counts, count[0]);
    return winners;
  }

  /** Allows that a code is overwritten, so that no other is needed for what is kept of it. */
  public void overwrite(long code) {
    kept = code;
  }

  /** Applies the rules, one after the other, to a code {@code (samples, units, positions)}. */
  public void run(List<SelectionRule> stages, long code) {
    long current = code;
    for (int i = 0; i < stages.size(); i++) {
      boolean last = i == stages.size() - 1;
      switch (stages.get(i)) {
        case SelectionRule.Lifetime(int k) -> {
          if (finishOrKeep(current, SelectionGroups.ofUnits(samples, units, positions), k, last)) {
            return;
          }
          current = kept;
        }
        case SelectionRule.PerSample(int k) -> {
          if (finishOrKeep(
              current, SelectionGroups.ofSamples(samples, units, positions), k, last)) {
            return;
          }
          current = kept;
        }
        case SelectionRule.Global(int k) -> current = keepGlobally(current, k);
        case SelectionRule.Above(Tensor thresholds) -> current = keepAbove(current, thresholds);
        case SelectionRule.Spatial() -> {
          if (reduced == 0) { // else each map has one activation left
            reduceSpatially(current, 0, samples);
            current = finishReduction();
          }
        }
        case SelectionRule.Then _ -> throw new IllegalStateException("stages are simple rules");
      }
      nans = 0; // counted
    }
    store(current);
  }

  /** Applies the rules to what {@link #reduceSpatially} left of the code. */
  public void runReduced(List<SelectionRule> stages) {
    if (reducedCode == 0) {
      reduceSpatially(0, 0, 0); // of no samples
    }
    long code = finishReduction();
    nans = 0;
    if (stages.isEmpty()) {
      store(code);
    } else {
      run(stages, code);
    }
  }

  /** Keeps the largest activation of each map of some samples, whose code is at {@code code}. */
  public void reduceSpatially(long code, int firstSample, int count) {
    if (reducedCode == 0) {
      reducedCode = hold((long) samples * units * Float.BYTES);
    }
    long places = reduced;
    if (places == 0) {
      places = hold((long) samples * units * Integer.BYTES);
      reduced = places;
    }
    long from = (long) firstSample * units;
    long maps = (long) count * units;
    kernels
        .launch(Kernel.SPATIAL_MAXIMA)
        .address(code)
        .integer(positions)
        .integer(Math.toIntExact(maps))
        .address(reducedCode + from * Float.BYTES)
        .address(places + from * Integer.BYTES)
        .address(nans)
        .warps(maps);
  }

  /** From here on a map has one position; which one it was, is kept aside. */
  private long finishReduction() {
    positions = 1;
    long code = reducedCode;
    kept = code;
    return code;
  }

  /** Says that groups will store their winners themselves, {@code room} slots each. */
  public void beginGroups(boolean byUnit, int room) {
    winners.filling(byUnit, Math.multiplyExact(byUnit ? units : samples, room));
  }

  /** Stores the winners of some groups, of which {@code first} is the first. */
  public void emit(long code, long bias, SelectionGroups groups, int first, int k) {
    select(code, bias, groups, first, k, 0);
  }

  /** Finishes the winners, once all groups have stored theirs. */
  public void index() {
    memory.indexing().index(winners);
  }

  private boolean finishOrKeep(long code, SelectionGroups groups, int k, boolean last) {
    long slots = (long) groups.count() * groups.room(k);
    if (last && slots <= winners.capacity()) {
      beginGroups(groups.units(), groups.room(k));
      emit(code, 0, groups, 0, k);
      index();
      return true;
    }
    select(code, 0, groups, 0, k, keep());
    return false;
  }

  private void select(long code, long bias, SelectionGroups groups, int first, int k, long keepAt) {
    int room = groups.room(k);
    long start = groups.units() ? winners.unitStart() : winners.sampleStart();
    long end = groups.units() ? winners.unitEnd() : winners.sampleEnd();
    kernels
        .launch(Kernel.SELECT_GROUPS)
        .address(code)
        .address(bias)
        .integer(groups.size())
        .integer(groups.inner())
        .whole(groups.outer())
        .whole(groups.stride())
        .integer(k)
        .address(keepAt)
        .integer(first)
        .flag(groups.units())
        .integer(Math.max(1, positions))
        .address(reduced)
        .integer(units)
        .integer(room)
        .address(start)
        .address(end)
        .struct(winners.slotColumns())
        .address(nans)
        .run(groups.count(), 1, 1, groups.size() <= SMALL_GROUP ? Launch.WARP : Launch.BLOCK);
  }

  private long keepAbove(long code, Tensor thresholds) {
    long size = size();
    long to = keep();
    kernels
        .launch(Kernel.KEEP_ABOVE)
        .address(code)
        .tensor(memory.own(thresholds))
        .integer(positions)
        .integer(units)
        .address(to)
        .whole(size)
        .address(nans)
        .over(size);
    return to;
  }

  private long keepGlobally(long code, int k) {
    long size = size();
    long to = keep();
    int stretches = Math.toIntExact(Math.ceilDiv(size, (long) STRETCH));
    long search = hold(4 * Integer.BYTES);
    long histogram = hold(256 * Integer.BYTES);
    long ties = hold((long) stretches * Integer.BYTES);
    memory.clear(search, 4);
    memory.clear(histogram, 256);
    long blocks = Math.min(HISTOGRAM_BLOCKS, Math.ceilDiv(size, (long) Launch.BLOCK));
    for (int shift = 24; shift >= 0; shift -= 8) {
      kernels
          .launch(Kernel.GLOBAL_HISTOGRAM)
          .address(code)
          .whole(size)
          .address(search)
          .integer(shift)
          .address(histogram)
          .address(shift == 24 ? nans : 0)
          .blocks(blocks);
      kernels
          .launch(Kernel.GLOBAL_DIGIT)
          .address(search)
          .address(histogram)
          .integer(shift)
          .integer(k)
          .blocks(1);
    }
    kernels
        .launch(Kernel.GLOBAL_TIES)
        .address(code)
        .whole(size)
        .address(search)
        .integer(STRETCH)
        .address(ties)
        .blocks(stretches);
    memory.indexing().scan(ties, stretches, ties, 0, 0);
    kernels
        .launch(Kernel.GLOBAL_KEEP)
        .address(code)
        .whole(size)
        .address(search)
        .integer(STRETCH)
        .address(ties)
        .address(to)
        .blocks(stretches);
    return to;
  }

  /** Stores all that is positive, sample by sample. */
  private void store(long code) {
    memory.set(winners.sampleOf(), -1, winners.capacity());
    emitRows(code, countRows(code), winners.capacity());
  }

  /** Where the number of each sample's positive activations is. */
  private long countRows(long code) {
    long counts = hold((long) samples * Integer.BYTES);
    kernels
        .launch(Kernel.COUNT_ROWS)
        .address(code)
        .integer(units * positions)
        .address(counts)
        .blocks(samples);
    return counts;
  }

  /** Stores all that is positive in the first {@code slots} slots. */
  private void emitRows(long code, long counts, int slots) {
    winners.filling(false, slots);
    memory.indexing().scan(counts, samples, winners.sampleStart(), winners.sampleEnd(), 0);
    kernels
        .launch(Kernel.EMIT_ROWS)
        .address(code)
        .integer(units * positions)
        .integer(Math.max(1, positions))
        .address(reduced)
        .integer(units)
        .address(winners.sampleStart())
        .struct(winners.slotColumns())
        .blocks(samples);
    index();
  }

  /** Room for a code of what is kept, the same for every rule. */
  private long keep() {
    if (kept == 0) {
      kept = hold(size() * Float.BYTES);
    }
    return kept;
  }

  private long size() {
    return (long) samples * units * positions;
  }

  private long hold(long bytes) {
    Scratch scratch = memory.scratch(bytes);
    held.add(scratch);
    return scratch.address();
  }

  @Override
  public void close() {
    held.forEach(Scratch::close);
    held.clear();
  }
}
