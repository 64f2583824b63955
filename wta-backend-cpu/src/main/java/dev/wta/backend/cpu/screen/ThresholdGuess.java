package dev.wta.backend.cpu.screen;

/**
 * Guesses the thresholds of a batch's groups, below which nothing can win, from those that the last
 * batch ended with: a threshold that is high from the first unit on excludes what would only be
 * listed and thrown away. In the end it is checked that enough has reached the guess; if not, the
 * batch is repeated without. So a guess changes how long a batch takes and never what wins.
 */
final class ThresholdGuess {
  /** Of the least threshold of the last batch, in proportion to its sample's norm. */
  private static final float SHARE = 0.95f;

  /** The factors of the share after a miss, and after a batch without one. */
  private static final float MISSED = 0.8f;

  private static final float HELD = 1.01f;

  private float share = SHARE;
  private float least; // threshold to norm; 0 if there is no guess

  /** The guess for a sample of that norm, or 0. */
  float threshold(float norm) {
    return share * least * norm;
  }

  /**
   * The thresholds of a batch are known.
   *
   * @param least the least of them, in proportion to its norm
   */
  void held(float least) {
    this.least = Float.isFinite(least) ? least : 0;
    share = Math.min(SHARE, share * HELD);
  }

  /** A guess was too high: there is no guess until thresholds are known again. */
  void missed() {
    least = 0;
    share *= MISSED;
  }
}
