package dev.wta.backend.cpu.select;

import dev.wta.backend.cpu.exec.Execution;
import dev.wta.backend.cpu.exec.Scratch;
import dev.wta.backend.cpu.memory.CpuWinners;

/**
 * Collects the winners of samples as they are found, in any order and on any thread: for each
 * sample a list of ascending indices into its row of the code.
 */
public final class SampleWinners {
  private final CpuWinners winners;
  private final int most;
  private final int[] indices; // (samples, most)
  private final float[] values; // (samples, most)
  private final int[] counts; // (samples)

  /**
   * @param most the most winners that a sample can have
   */
  public SampleWinners(Execution engine, CpuWinners winners, int most) {
    this.winners = winners;
    this.most = most;
    this.indices = engine.shared.ints(Scratch.Use.CANDIDATES, (long) winners.samples() * most);
    this.values = engine.shared.floats(Scratch.Use.CANDIDATES, (long) winners.samples() * most);
    this.counts = engine.shared.ints(Scratch.Use.COUNTS, winners.samples());
  }

  /** Puts the {@code i}-th winner of sample {@code n} in its list. */
  void put(int n, int i, int index, float value) {
    indices[n * most + i] = index;
    values[n * most + i] = value;
  }

  /** Says how many winners were listed for sample {@code n}. */
  void setCount(int n, int count) {
    counts[n] = count;
  }

  public int count(int n) {
    return counts[n];
  }

  public int index(int n, int i) {
    return indices[n * most + i];
  }

  public float value(int n, int i) {
    return values[n * most + i];
  }

  /** Hands the lists over. */
  void finish(long nans) {
    winners.take(this, nans);
  }
}
