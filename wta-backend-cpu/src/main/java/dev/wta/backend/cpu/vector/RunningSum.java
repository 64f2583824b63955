package dev.wta.backend.cpu.vector;

/**
 * How many terms a running float32 sum may have before it is added to others.
 *
 * <p>Where n terms are alike, each addition since the sum's last doubling, of which there are n/2,
 * may err by half a unit in the last place, and all the same way: n/4 roundings of the sum. {@link
 * dev.wta.api.backend.Backend} allows 16 + 4 sqrt n of them, which is more up to n = 373. Beyond,
 * the sums of blocks add up; a block of sqrt(n) / 2 terms leaves 2 sqrt(n) blocks, and all that
 * errs by less than sqrt n.
 */
public final class RunningSum {
  /** The longest that is exact enough by itself. */
  public static final int LONGEST = 352;

  private RunningSum() {}

  /** Whether a running sum of {@code terms}, which has {@code places} for any, is exact enough. */
  public static boolean isExact(int terms, long places) {
    return Math.min(terms, places) <= Math.max(LONGEST, 16 * Math.sqrt((double) places));
  }

  /**
   * The terms of a block of a sum of {@code terms}.
   *
   * @param usual the block that is best for speed, at most {@link #LONGEST}
   */
  public static int block(int usual, long terms) {
    return (int) Math.max(usual, Math.sqrt((double) terms) / 2);
  }
}
