package dev.wta.backend.cpu.select;

import dev.wta.backend.cpu.exec.Execution;
import dev.wta.backend.cpu.exec.Scratch;
import dev.wta.backend.cpu.memory.CpuTensor;
import dev.wta.backend.cpu.memory.CpuWinners;
import java.util.Arrays;
import java.util.function.IntFunction;

/**
 * Collects the winners of samples as they are found, in any order and on any thread: for each
 * sample a list of ascending indices into its row of the code.
 */
public final class SampleWinners {
  private final IntFunction<CpuWinners> room;
  private final int samples;
  private final int most;
  private final int[] indices; // (samples, most)
  private final float[] values; // (samples, most)
  private final int[] counts; // (samples)

  /**
   * @param most the most winners that a sample can have
   */
  public SampleWinners(Execution execution, CpuWinners winners, int most) {
    this(execution, winners.samples(), most, _ -> winners);
  }

  /**
   * @param most the most winners that a sample can have
   * @param room gives winners with room for that number of them
   */
  public SampleWinners(Execution execution, int samples, int most, IntFunction<CpuWinners> room) {
    this.room = room;
    this.samples = samples;
    this.most = most;
    this.indices = execution.shared.ints(Scratch.Use.CANDIDATES, (long) samples * most);
    this.values = execution.shared.floats(Scratch.Use.CANDIDATES, (long) samples * most);
    this.counts = execution.shared.ints(Scratch.Use.COUNTS, samples);
  }

  /** Puts the {@code i}-th winner of sample {@code n} in its list. */
  public void put(int n, int i, int index, float value) {
    indices[n * most + i] = index;
    values[n * most + i] = value;
  }

  /** Says how many winners were listed for sample {@code n}. */
  public void setCount(int n, int count) {
    counts[n] = count;
  }

  /** Makes what is listed the new winners, a stable counting sort by unit, and returns them. */
  public CpuWinners finish(long nans) {
    int total = 0;
    for (int n = 0; n < samples; n++) {
      total += counts[n];
    }
    CpuWinners winners = room.apply(total);
    int[] unitStart = winners.unitStart();
    int positions = winners.positions();
    Arrays.fill(unitStart, 0);
    for (int n = 0; n < samples; n++) {
      for (int i = 0; i < counts[n]; i++) {
        unitStart[indices[n * most + i] / positions + 1]++;
      }
    }
    for (int u = 0; u < winners.units(); u++) {
      unitStart[u + 1] += unitStart[u];
    }
    int[] sample = winners.sample();
    CpuTensor target = winners.values();
    float[] numbers = target.array();
    for (int n = 0; n < samples; n++) {
      for (int i = 0; i < counts[n]; i++) {
        int index = indices[n * most + i];
        int slot = unitStart[index / positions]++;
        sample[slot] = n;
        if (winners.isMap()) {
          winners.position()[slot] = index % positions;
        }
        numbers[target.offset() + slot] = values[n * most + i];
      }
    }
    System.arraycopy(unitStart, 0, unitStart, 1, winners.units());
    unitStart[0] = 0;
    winners.seal(nans);
    return winners;
  }
}
