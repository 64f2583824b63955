package dev.wta.backend.cpu.select;

import dev.wta.api.IntSize;
import dev.wta.api.tensor.Shape;
import dev.wta.backend.cpu.exec.Execution;
import dev.wta.backend.cpu.exec.Scratch;
import dev.wta.backend.cpu.memory.CpuTensor;
import dev.wta.backend.cpu.memory.CpuWinners;
import java.util.Arrays;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * Encodes and selects by a rule that does not divide the batch, without ever holding the dense
 * code: what exceeds its unit's threshold, or the largest of the whole batch. Blocks of units are
 * encoded, and what may win is listed, in the order in which winners are kept. In the end the
 * winners' number is known, and each block's are copied to their place.
 */
public final class BatchEncoding {
  private final Execution execution;
  private final UnitBlocks blocks;
  private final int samples;
  private final int units;
  private final int blockCount;
  private final ActivationList[] lists; // (workers)
  private final int[] owner; // (blocks): the worker whose list has it
  private final int[] start; // (blocks): where it begins there
  private final int[] listed; // (units)
  private final long[] nans; // (blocks)

  /**
   * An encoding of {@code (samples, units)}.
   *
   * @param blocks of the batch and the units
   */
  public BatchEncoding(Execution execution, UnitBlocks blocks, int samples, int units) {
    this.execution = execution;
    this.blocks = blocks;
    this.samples = samples;
    this.units = units;
    this.blockCount = Math.ceilDiv(units, UnitBlocks.UNITS);
    this.lists =
        IntStream.range(0, execution.workers.count())
            .mapToObj(
                worker ->
                    execution.scratch(worker).helper(ActivationList.class, ActivationList::new))
            .toArray(ActivationList[]::new);
    this.owner = execution.shared.ints(Scratch.Use.PARTS, blockCount);
    this.start = execution.shared.ints(Scratch.Use.BLOCK, blockCount);
    this.listed = execution.shared.ints(Scratch.Use.COUNTS, units);
    this.nans = execution.shared.longs(blockCount);
    for (ActivationList list : lists) {
      list.clear();
    }
  }

  /**
   * Everything above its unit's threshold.
   *
   * @param thresholds {@code (units)}
   * @param room gives winners with room for that number of them
   */
  public CpuWinners above(CpuTensor thresholds, IntFunction<CpuWinners> room) {
    execution.split(
        units,
        UnitBlocks.UNITS,
        (from, to, worker) -> {
          float[] code = begin(from, to, worker);
          for (int u = from; u < to; u++) {
            list(u, code, from, worker, thresholds.array()[thresholds.offset() + u]);
          }
        });
    return winners(new Cut(0, -1), room);
  }

  /**
   * The {@code k} largest of the batch; of equals those that come first, by sample and then unit.
   *
   * @param room gives winners with room for that number of them
   */
  public CpuWinners largest(int k, IntFunction<CpuWinners> room) {
    LargestOfBatch largest = new LargestOfBatch(k);
    execution.split(
        units,
        UnitBlocks.UNITS,
        (from, to, worker) -> {
          float[] code = begin(from, to, worker);
          float bound = largest.bound();
          for (int u = from; u < to; u++) {
            list(u, code, from, worker, bound);
          }
          ActivationList list = lists[worker];
          largest.add(
              list.values(),
              start[from / UnitBlocks.UNITS],
              list.count(),
              execution.scratch(worker));
        });
    LargestOfBatch.Threshold threshold = largest.threshold(execution, lists);
    long lastTie =
        threshold.winning() == threshold.ties()
            ? Long.MAX_VALUE
            : placeOfTie(threshold.value(), threshold.winning());
    return winners(new Cut(threshold.value(), lastTie), room);
  }

  /** Encodes a block. */
  private float[] begin(int from, int to, int worker) {
    int block = from / UnitBlocks.UNITS;
    owner[block] = worker;
    start[block] = lists[worker].count();
    nans[block] = 0;
    return blocks.encode(from, to, execution.scratch(worker));
  }

  private void list(int unit, float[] code, int first, int worker, float bound) {
    int row = (unit - first) * blocks.stride();
    ActivationList list = lists[worker];
    int before = list.count();
    nans[first / UnitBlocks.UNITS] += TopKSelector.countNaN(code, row, samples);
    list.addAbove(code, row, samples, Math.max(bound, 0));
    listed[unit] = list.count() - before;
  }

  /** The place of the {@code count}-th of the activations that are equal to {@code value}. */
  private long placeOfTie(float value, int count) {
    long[] places = new long[blockCount == 0 ? 0 : count];
    int found = 0;
    for (int block = 0; block < blockCount; block++) {
      ActivationList list = lists[owner[block]];
      int at = start[block];
      for (int u = first(block); u < first(block + 1); u++) {
        for (int end = at + listed[u]; at < end; at++) {
          if (list.values()[at] == value) {
            places = found < places.length ? places : Arrays.copyOf(places, 2 * found);
            places[found++] = place(list.samples()[at], u);
          }
        }
      }
    }
    Arrays.sort(places, 0, found);
    return places[count - 1];
  }

  private int first(int block) {
    return Math.min(units, block * UnitBlocks.UNITS);
  }

  /**
   * Which of what is listed wins.
   *
   * @param value what exceeds it does
   * @param lastTie of what is equal to it the place up to which it does, {@code sample * units +
   *     unit}
   */
  private record Cut(float value, long lastTie) {
    boolean keeps(float listed, long place) {
      return listed > value || (listed == value && place <= lastTie);
    }
  }

  /** Makes what the cut keeps the winners. */
  private CpuWinners winners(Cut cut, IntFunction<CpuWinners> room) {
    int[] kept = execution.shared.ints(Scratch.Use.ROW, units);
    execution.workers.run(blockCount, (block, _) -> count(block, cut, kept));
    long total = 0;
    for (int u = 0; u < units; u++) {
      total += kept[u];
    }
    CpuWinners winners =
        room.apply(IntSize.of(total, "winners of the code", Shape.of(samples, units)));
    int[] unitStart = winners.unitStart();
    unitStart[0] = 0;
    for (int u = 0; u < units; u++) {
      unitStart[u + 1] = unitStart[u] + kept[u];
    }
    execution.workers.run(blockCount, (block, _) -> copy(block, cut, winners));
    winners.seal(Arrays.stream(nans, 0, blockCount).sum());
    return winners;
  }

  private void count(int block, Cut cut, int[] kept) {
    ActivationList list = lists[owner[block]];
    int at = start[block];
    for (int u = first(block); u < first(block + 1); u++) {
      int end = at + listed[u];
      int count = 0;
      for (; at < end; at++) {
        count += cut.keeps(list.values()[at], place(list.samples()[at], u)) ? 1 : 0;
      }
      kept[u] = count;
    }
  }

  private void copy(int block, Cut cut, CpuWinners winners) {
    ActivationList list = lists[owner[block]];
    float[] values = winners.values().array();
    int to = winners.values().offset();
    int slot = winners.unitStart()[first(block)];
    int at = start[block];
    for (int u = first(block); u < first(block + 1); u++) {
      for (int end = at + listed[u]; at < end; at++) {
        int sample = list.samples()[at];
        float value = list.values()[at];
        if (cut.keeps(value, place(sample, u))) {
          winners.sample()[slot] = sample;
          values[to + slot] = value;
          slot++;
        }
      }
    }
  }

  /** Where ties are decided: those of lower places win. */
  private long place(int sample, int unit) {
    return (long) sample * units + unit;
  }
}
