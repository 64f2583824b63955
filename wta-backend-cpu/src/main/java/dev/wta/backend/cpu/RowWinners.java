package dev.wta.backend.cpu;

/**
 * Collects the winners of samples as they are found, in any order and on any thread, as ascending
 * indices into each sample's row of the code.
 */
final class RowWinners {
  private final CpuWinners winners;
  private final int most;
  private final int[] indices;
  private final int[] counts;
  private final long[] nans;

  /**
   * @param most the most winners that a sample can have
   */
  RowWinners(Engine engine, CpuWinners winners, int most) {
    this.winners = winners;
    this.most = most;
    this.indices = engine.shared.ints(Scratch.Use.CANDIDATES, winners.samples() * most);
    this.counts = engine.shared.ints(Scratch.Use.ROW, winners.samples());
    this.nans = engine.shared.longs(winners.samples());
  }

  /** Where the samples' indices are listed. */
  int[] indices() {
    return indices;
  }

  /** Where sample {@code n}'s list begins. */
  int start(int n) {
    return n * most;
  }

  /**
   * Says how many winners were listed for sample {@code n}, and how many of its activations were
   * NaN.
   */
  void set(int n, int count, int nan) {
    counts[n] = count;
    nans[n] = nan;
  }

  /** Makes the lists one, of indices into the whole code, and hands them over. */
  void finish(float[] code, int start) {
    int rowSize = winners.units() * winners.positions();
    long nan = 0;
    int end = 0;
    for (int n = 0; n < winners.samples(); n++) {
      for (int i = 0; i < counts[n]; i++) {
        indices[end++] = n * rowSize + indices[start(n) + i];
      }
      nan += nans[n];
    }
    winners.takeRows(code, start, indices, end, nan);
  }
}
