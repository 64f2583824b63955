package dev.wta.backend.cpu.select;

import dev.wta.backend.cpu.exec.Scratch;
import dev.wta.backend.cpu.memory.CpuTensor;
import dev.wta.backend.cpu.memory.CpuWinners;
import java.util.Arrays;

/**
 * Selects among winners: marks those that a rule keeps, then copies them. There are few, so one
 * thread does it.
 */
public final class WinnerFilter {
  private final CpuWinners from;
  private final float[] values;
  private final int valueStart;
  private final TopKSelector topK;
  private final float[] group;
  private final int[] chosen;
  private final int[] kept; // 1 for those that stay

  public WinnerFilter(Scratch scratch, CpuWinners from) {
    this.from = from;
    this.values = from.values().array();
    this.valueStart = from.values().offset();
    this.topK = TopKSelector.of(scratch);
    this.group = scratch.floats(Scratch.Use.ROW, from.count());
    this.chosen = scratch.ints(Scratch.Use.ROW, from.count());
    this.kept = scratch.ints(Scratch.Use.COUNTS, from.count());
    Arrays.fill(kept, 0, from.count(), 0);
  }

  public void perColumn(int k) {
    for (int u = 0; u < from.units(); u++) {
      int start = from.unitStart()[u];
      int length = from.unitStart()[u + 1] - start;
      topK.cut(values, valueStart + start, length, k);
      int count = topK.indices(values, valueStart + start, length, chosen, 0);
      for (int i = 0; i < count; i++) {
        kept[start + chosen[i]] = 1;
      }
    }
  }

  public void perRow(int k) {
    from.indexBySample();
    for (int n = 0; n < from.samples(); n++) {
      keepBySample(from.sampleStart()[n], from.sampleStart()[n + 1], k);
    }
  }

  /** By sample, so that ties go to the lower sample. */
  public void global(int k) {
    from.indexBySample();
    keepBySample(0, from.count(), k);
  }

  private void keepBySample(int start, int end, int k) {
    for (int i = start; i < end; i++) {
      group[i - start] = values[valueStart + from.bySample()[i]];
    }
    topK.cut(group, 0, end - start, k);
    int count = topK.indices(group, 0, end - start, chosen, 0);
    for (int i = 0; i < count; i++) {
      kept[from.bySample()[start + chosen[i]]] = 1;
    }
  }

  /** A map's winners are neighbours: the same unit and sample, positions ascending. */
  public void spatial() {
    for (int slot = 0; slot < from.count(); ) {
      int best = slot;
      int next = slot;
      for (;
          next < from.count()
              && from.unit()[next] == from.unit()[slot]
              && from.sample()[next] == from.sample()[slot];
          next++) {
        if (values[valueStart + next] > values[valueStart + best]) {
          best = next;
        }
      }
      kept[best] = 1;
      slot = next;
    }
  }

  public void above(CpuTensor thresholds) {
    for (int slot = 0; slot < from.count(); slot++) {
      float threshold = thresholds.array()[thresholds.offset() + from.unit()[slot]];
      kept[slot] = values[valueStart + slot] > Math.max(threshold, 0) ? 1 : 0;
    }
  }

  /** Copies the winners that were kept, in canonical order. */
  public void into(CpuWinners to) {
    float[] target = to.values().array();
    int targetStart = to.values().offset();
    int end = 0;
    Arrays.fill(to.unitStart(), 0);
    for (int slot = 0; slot < from.count(); slot++) {
      if (kept[slot] == 1) {
        to.unitStart()[from.unit()[slot] + 1]++;
        to.sample()[end] = from.sample()[slot];
        if (to.isMap()) {
          to.position()[end] = from.position()[slot];
        }
        target[targetStart + end] = values[valueStart + slot];
        end++;
      }
    }
    for (int u = 0; u < to.units(); u++) {
      to.unitStart()[u + 1] += to.unitStart()[u];
    }
    to.seal(from.nanCount());
  }
}
