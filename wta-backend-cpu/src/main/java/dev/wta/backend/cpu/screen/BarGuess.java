package dev.wta.backend.cpu.screen;

/**
 * Where the bars of a batch may begin, by those that the last one ended with: a bar that is high
 * from the first unit on keeps out what would only be listed and thrown away. Whoever uses a guess
 * checks in the end that enough has reached it, and repeats the batch without if not, so a guess
 * decides how long a batch takes and never what wins.
 */
final class BarGuess {
  /** Of the least bar of the last batch, in proportion to its sample's norm. */
  private static final float SHARE = 0.95f;

  /** What a miss takes off the share, and a batch without one gives back. */
  private static final float MISSED = 0.8f;

  private static final float HELD = 1.01f;

  private float share = SHARE;
  private float least; // bar to norm; 0 if there is no guess

  /** The guess for a sample of that norm, or 0. */
  float bar(float norm) {
    return share * least * norm;
  }

  /**
   * The bars of a batch are known.
   *
   * @param least the least of them, in proportion to its norm
   */
  void held(float least) {
    this.least = Float.isFinite(least) ? least : 0;
    share = Math.min(SHARE, share * HELD);
  }

  /** A guess was too high: there is none until bars are known again. */
  void missed() {
    least = 0;
    share *= MISSED;
  }
}
