package dev.wta.backend.cpu.select;

import dev.wta.backend.cpu.exec.Execution;
import dev.wta.backend.cpu.exec.Scratch;
import dev.wta.backend.cpu.memory.CpuTensor;
import dev.wta.backend.cpu.memory.CpuWinners;
import dev.wta.backend.cpu.vector.Transposition;
import java.util.Arrays;

/**
 * Selects the winners of a dense code. Rules over columns look at one unit's activations, brought
 * together in a block; the others walk the code by sample and list what they keep as indices into
 * the sample's row, ascending.
 */
public final class DenseSelection {
  /** Columns that are brought together at a time. */
  private static final int COLUMN_BLOCK = 32;

  private final Execution execution;
  private final float[] code; // (samples, units, positions)
  private final int start;
  private final CpuWinners winners;
  private final int samples;
  private final int units;
  private final int positions;
  private final int rowSize;

  public DenseSelection(Execution execution, float[] code, int start, CpuWinners winners) {
    this.execution = execution;
    this.code = code;
    this.start = start;
    this.winners = winners;
    this.samples = winners.samples();
    this.units = winners.units();
    this.positions = winners.positions();
    this.rowSize = units * positions;
  }

  public void perColumn(int k) {
    int groupSize = samples * positions;
    UnitWinners columns = new UnitWinners(execution, winners, groupSize, k);
    execution.split(
        units,
        Math.clamp(Execution.GRAIN / Math.max(1, groupSize), 1, COLUMN_BLOCK),
        (from, to, worker) -> {
          Scratch scratch = execution.scratch(worker);
          float[] block = scratch.floats(Scratch.Use.BLOCK, (long) (to - from) * groupSize);
          if (positions == 1) {
            Transposition.run(code, start + from, units, samples, to - from, block, 0, samples);
          } else {
            gatherMaps(from, to, block);
          }
          for (int u = from; u < to; u++) {
            columns.select(u, block, (u - from) * groupSize, groupSize, scratch);
          }
        });
    columns.finish();
  }

  /** Brings each map's positions of all samples together: {@code (maps, samples, positions)}. */
  private void gatherMaps(int from, int to, float[] block) {
    for (int u = from; u < to; u++) {
      for (int n = 0; n < samples; n++) {
        System.arraycopy(
            code,
            start + n * rowSize + u * positions,
            block,
            ((u - from) * samples + n) * positions,
            positions);
      }
    }
  }

  public void perRow(int k) {
    SampleWinners rows = new SampleWinners(execution, winners, Math.min(k, rowSize));
    bySample(
        rows,
        (row, kept, scratch) -> {
          TopKSelector topK = TopKSelector.of(scratch);
          topK.cut(code, row, rowSize, k);
          return topK.indices(code, row, rowSize, kept, 0);
        });
  }

  /** The whole batch is one group: it is cut at once, and what remains is divided by sample. */
  public void global(int k) {
    int size = samples * rowSize;
    TopKSelector topK = TopKSelector.of(execution.shared);
    int[] chosen = execution.shared.ints(Scratch.Use.ROW, Math.min(k, size));
    topK.cut(code, start, size, k);
    int count = topK.indices(code, start, size, chosen, 0);
    SampleWinners rows = new SampleWinners(execution, winners, Math.min(count, rowSize));
    long nans = 0;
    int next = 0;
    for (int n = 0; n < samples; n++) {
      int first = next;
      for (; next < count && chosen[next] < (n + 1) * rowSize; next++) {
        rows.put(n, next - first, chosen[next] - n * rowSize, code[start + chosen[next]]);
      }
      rows.setCount(n, next - first);
      nans += TopKSelector.countNaN(code, start + n * rowSize, rowSize);
    }
    rows.finish(nans);
  }

  public void spatial() {
    bySample(
        new SampleWinners(execution, winners, units),
        (row, kept, scratch) -> {
          int count = 0;
          for (int u = 0; u < units; u++) {
            int best = best(row + u * positions);
            if (best >= 0) {
              kept[count++] = u * positions + best;
            }
          }
          return count;
        });
  }

  /** The position of a map's largest activation; -1 if none is positive. */
  private int best(int map) {
    int best = -1;
    float most = 0;
    for (int p = 0; p < positions; p++) {
      if (code[map + p] > most) {
        most = code[map + p];
        best = p;
      }
    }
    return best;
  }

  public void above(CpuTensor thresholds) {
    bySample(
        new SampleWinners(execution, winners, rowSize),
        (row, kept, scratch) -> {
          int count = 0;
          for (int i = 0; i < rowSize; i++) {
            float threshold = thresholds.array()[thresholds.offset() + i / positions];
            if (code[row + i] > Math.max(threshold, 0)) {
              kept[count++] = i;
            }
          }
          return count;
        });
  }

  /** Lists what one sample keeps of its row of the code and returns how many there are. */
  @FunctionalInterface
  private interface SampleSelection {
    int select(int row, int[] kept, Scratch scratch);
  }

  private void bySample(SampleWinners rows, SampleSelection selection) {
    long[] nans = execution.shared.longs(samples);
    execution.splitRows(
        samples,
        rowSize,
        (from, to, worker) -> {
          Scratch scratch = execution.scratch(worker);
          int[] kept = scratch.ints(Scratch.Use.ROW, rowSize);
          for (int n = from; n < to; n++) {
            int row = start + n * rowSize;
            int count = selection.select(row, kept, scratch);
            for (int i = 0; i < count; i++) {
              rows.put(n, i, kept[i], code[row + kept[i]]);
            }
            rows.setCount(n, count);
            nans[n] = TopKSelector.countNaN(code, row, rowSize);
          }
        });
    rows.finish(Arrays.stream(nans, 0, samples).sum());
  }
}
