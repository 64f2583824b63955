package dev.wta.backend.cpu.select;

import static dev.wta.backend.cpu.vector.Lanes.COUNT;
import static dev.wta.backend.cpu.vector.Lanes.FLOATS;

import dev.wta.backend.cpu.exec.Execution;
import dev.wta.backend.cpu.exec.Scratch;
import dev.wta.backend.cpu.memory.CpuWinners;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Encodes and selects each sample's winners over the units, without ever holding the dense code.
 * The units are cut into parts, a piece of work each. A part goes through its units block by block
 * and lists, for each sample, what exceeds the sample's threshold; a list that is full is cut down
 * to its k largest, and the threshold is raised to just below the smallest of these. A thread that
 * continues with the next part keeps the same lists, so the threshold is soon that of all units it
 * has seen. In the end each sample's lists are cut down together.
 *
 * <p>Cutting down pays, and makes room at all, only where a list is longer than k. Where twice k
 * exceeds a part's units, a list has room for all of the part's, is never cut down, and each part
 * has lists of its own. Either way the lists take no more memory than the dense code would.
 *
 * <p>All parts share the thresholds. Nothing that wins is ever below one, so which part raised it
 * first, or whether another saw that at once, changes what is listed and not what wins.
 */
public final class SampleEncoding {
  /**
   * The most parts, unless there are more threads. Every part keeps lists, so more of them cost
   * memory and cuts.
   */
  private static final int PARTS = 16;

  private final UnitBlocks blocks;
  private final int samples;
  private final int units;
  private final int k;
  private final CpuWinners winners;
  private final int partUnits;
  private final int parts;
  private final int room; // of a list
  private final boolean keepLists; // whether lists are kept from part to part
  private final float[] values; // (parts, samples, room)
  private final int[] indices; // (parts, samples, room): units
  private final int[] counts; // (parts, samples)
  private final float[] thresholds; // (stride)
  private final long[] nans; // (parts)
  private final int[] lastPart; // (workers): the last part of each, or an impossible one
  private final int[] listPart; // (workers): the part whose lists it writes

  public SampleEncoding(Execution execution, UnitBlocks blocks, int k, CpuWinners winners) {
    this.blocks = blocks;
    this.winners = winners;
    this.samples = winners.samples();
    this.units = winners.units();
    this.k = Math.min(k, units);
    int blockCount = Math.ceilDiv(units, UnitBlocks.UNITS);
    int most = Math.max(PARTS, execution.workers.count());
    this.partUnits = Math.ceilDiv(blockCount, most) * UnitBlocks.UNITS;
    this.parts = Math.ceilDiv(units, Math.max(1, partUnits));
    this.keepLists = this.k <= partUnits / 2;
    this.room = keepLists ? 2 * this.k : partUnits;
    long places = (long) parts * samples * room;
    this.values = execution.shared.floats(Scratch.Use.PARTS, places);
    this.indices = execution.shared.ints(Scratch.Use.PARTS, places);
    this.counts = execution.shared.ints(Scratch.Use.ROW, (long) parts * samples);
    this.thresholds = execution.shared.floats(Scratch.Use.ROW, blocks.stride());
    this.nans = execution.shared.longs(parts);
    this.lastPart = new int[execution.workers.count()];
    this.listPart = new int[execution.workers.count()];
  }

  public void run(Execution execution) {
    Arrays.fill(thresholds, 0, blocks.stride(), 0f);
    Arrays.fill(lastPart, parts);
    execution.workers.run(
        parts, (part, worker) -> part(part, listsFor(part, worker), execution.scratch(worker)));
    SampleWinners rows = new SampleWinners(execution, winners, k);
    execution.splitRows(
        samples,
        (long) parts * room,
        (from, to, worker) -> {
          for (int n = from; n < to; n++) {
            merge(n, rows, execution.scratch(worker));
          }
        });
    rows.finish(Arrays.stream(nans, 0, parts).sum());
  }

  /**
   * The part whose lists serve for this one too. They are in the order of the units as long as a
   * worker goes from one part to the very next.
   */
  private int listsFor(int part, int worker) {
    Arrays.fill(counts, part * samples, (part + 1) * samples, 0);
    if (!keepLists || lastPart[worker] != part - 1) {
      listPart[worker] = part;
    }
    lastPart[worker] = part;
    return listPart[worker];
  }

  private void part(int part, int lists, Scratch scratch) {
    int first = part * partUnits;
    int last = Math.min(units, first + partUnits);
    int stride = blocks.stride();
    nans[part] = 0;
    for (int from = first; from < last; from += UnitBlocks.UNITS) {
      int to = Math.min(last, from + UnitBlocks.UNITS);
      float[] code = blocks.encode(from, to, scratch);
      for (int u = from; u < to; u++) {
        int row = (u - from) * stride;
        nans[part] += TopKSelector.countNaN(code, row, samples);
        offer(lists, u, code, row, scratch);
      }
    }
  }

  /** Lists a unit with the samples whose threshold it exceeds. */
  private void offer(int lists, int unit, float[] code, int row, Scratch scratch) {
    for (int n = 0; n < samples; n += Long.SIZE) {
      long above = above(code, row, n, Math.min(Long.SIZE, blocks.stride() - n));
      for (; above != 0; above &= above - 1) {
        int sample = n + Long.numberOfTrailingZeros(above);
        if (sample < samples) {
          list(lists, sample, unit, code[row + sample], scratch);
        }
      }
    }
  }

  /** Which of at most 64 samples, from {@code n} on, exceed their thresholds: whole vectors. */
  private long above(float[] code, int row, int n, int count) {
    long bits = 0;
    for (int i = 0; i < count; i += COUNT) {
      FloatVector bound = FloatVector.fromArray(FLOATS, thresholds, n + i);
      bits |=
          FloatVector.fromArray(FLOATS, code, row + n + i)
                  .compare(VectorOperators.GT, bound)
                  .toLong()
              << i;
    }
    return bits;
  }

  private void list(int lists, int sample, int unit, float value, Scratch scratch) {
    int list = lists * samples + sample;
    if (counts[list] == room) {
      cutDown(list, scratch);
      float threshold = Math.nextDown(smallest(list));
      if (threshold > thresholds[sample]) {
        thresholds[sample] = threshold;
      }
      if (value <= threshold) {
        return;
      }
    }
    int at = list * room + counts[list]++;
    values[at] = value;
    indices[at] = unit;
  }

  /** Keeps the k largest of a list, in the order of the units. */
  private void cutDown(int list, Scratch scratch) {
    int start = list * room;
    int[] kept = scratch.ints(Scratch.Use.ROW, room);
    TopKSelector topK = TopKSelector.of(scratch);
    topK.cut(values, start, counts[list], k);
    int count = topK.indices(values, start, counts[list], kept, 0);
    for (int i = 0; i < count; i++) {
      values[start + i] = values[start + kept[i]];
      indices[start + i] = indices[start + kept[i]];
    }
    counts[list] = count;
  }

  private float smallest(int list) {
    float smallest = Float.POSITIVE_INFINITY;
    for (int i = list * room; i < list * room + counts[list]; i++) {
      smallest = Math.min(smallest, values[i]);
    }
    return smallest;
  }

  /** Brings a sample's lists together, lower units first, and cuts them down to its winners. */
  private void merge(int n, SampleWinners rows, Scratch scratch) {
    float[] all = scratch.floats(Scratch.Use.ROW, (long) parts * room);
    int[] units = scratch.ints(Scratch.Use.PARTS, (long) parts * room);
    int length = 0;
    for (int part = 0; part < parts; part++) {
      int list = part * samples + n;
      System.arraycopy(values, list * room, all, length, counts[list]);
      System.arraycopy(indices, list * room, units, length, counts[list]);
      length += counts[list];
    }
    int[] kept = scratch.ints(Scratch.Use.ROW, Math.max(room, k));
    TopKSelector topK = TopKSelector.of(scratch);
    topK.cut(all, 0, length, k);
    int count = topK.indices(all, 0, length, kept, 0);
    for (int i = 0; i < count; i++) {
      rows.put(n, i, units[kept[i]], all[kept[i]]);
    }
    rows.setCount(n, count);
  }
}
