package dev.wta.backend.cpu.select;

import dev.wta.backend.cpu.exec.Execution;
import dev.wta.backend.cpu.exec.Scratch;
import dev.wta.backend.cpu.memory.CpuWinners;

/**
 * Collects the winners of units as they are found, in any order and on any thread: each unit writes
 * to slots of its own, as many as it may have winners, and {@link #finish} closes the gaps.
 */
public final class UnitWinners {
  private final CpuWinners winners;
  private final int k;
  private final int groupSize;
  private final int slots;
  private final int positions;
  private final float[] values;
  private final int valueStart;
  private final long[] nans;

  /**
   * @param groupSize the activations of a unit: samples times positions
   */
  public UnitWinners(Execution execution, CpuWinners winners, int groupSize, int k) {
    this.winners = winners;
    this.k = k;
    this.groupSize = groupSize;
    this.slots = Math.min(k, groupSize);
    this.positions = winners.positions();
    this.values = winners.values().array();
    this.valueStart = winners.values().offset();
    this.nans = execution.shared.longs(winners.units());
  }

  /**
   * Selects the winners of unit {@code u} from its activations over {@code (samples, positions)}.
   *
   * @param length how many numbers to look at: those beyond the group are not positive
   */
  public void select(int u, float[] activations, int from, int length, Scratch scratch) {
    TopKSelector topK = TopKSelector.of(scratch);
    nans[u] = TopKSelector.countNaN(activations, from, groupSize);
    topK.cut(activations, from, length, k);
    int[] sample = winners.sample();
    int first = u * slots;
    int count = topK.indices(activations, from, length, sample, first);
    for (int slot = first; slot < first + count; slot++) {
      int index = sample[slot];
      values[valueStart + slot] = activations[from + index];
      if (positions > 1) {
        sample[slot] = index / positions;
        winners.position()[slot] = index % positions;
      } else if (winners.isMap()) {
        winners.position()[slot] = 0;
      }
    }
    winners.unitStart()[u + 1] = count;
  }

  /**
   * Selects the winners of unit {@code u} of a code without positions from those activations that
   * may win; none of them is NaN, and neither are the others.
   *
   * @param samples of the activations, ascending
   */
  public void select(int u, int[] samples, float[] activations, int count, Scratch scratch) {
    TopKSelector topK = TopKSelector.of(scratch);
    topK.cut(activations, 0, count, k);
    int first = u * slots;
    int[] sample = winners.sample();
    int kept = topK.indices(activations, 0, count, sample, first);
    for (int slot = first; slot < first + kept; slot++) {
      int index = sample[slot];
      sample[slot] = samples[index];
      values[valueStart + slot] = activations[index];
    }
    nans[u] = 0;
    winners.unitStart()[u + 1] = kept;
  }

  /** Closes the gaps between units that have fewer winners than they might. */
  public void finish() {
    int[] unitStart = winners.unitStart();
    unitStart[0] = 0;
    long nan = 0;
    int end = 0;
    for (int u = 0; u < winners.units(); u++) {
      int count = unitStart[u + 1];
      int first = u * slots;
      if (first != end) {
        System.arraycopy(winners.sample(), first, winners.sample(), end, count);
        System.arraycopy(values, valueStart + first, values, valueStart + end, count);
        if (winners.isMap()) {
          System.arraycopy(winners.position(), first, winners.position(), end, count);
        }
      }
      end += count;
      unitStart[u + 1] = end;
      nan += nans[u];
    }
    winners.seal(nan);
  }
}
