package dev.wta.api.contract;

/** How far a float32 result may lie from the reference's, which was rounded once. */
final class Tolerance {
  /** Half a unit in the last place of 1: the relative error of one rounding. */
  static final double ROUNDING = 0x1p-24;

  /** Below this lie the subnormal numbers, which a device may flush to zero. */
  static final double TINY = Float.MIN_NORMAL;

  private Tolerance() {}

  /** For a sum of {@code terms} terms whose magnitudes add up to {@code magnitude}. */
  static double ofSum(long terms, double magnitude) {
    return (16 + 4 * Math.sqrt((double) terms)) * ROUNDING * magnitude + TINY;
  }

  /** For {@code roundings} roundings of a result or of intermediate results no larger than it. */
  static double relative(int roundings, double magnitude) {
    return roundings * ROUNDING * Math.abs(magnitude) + TINY;
  }

  /**
   * Whether {@code actual} is {@code expected} to within {@code tolerance}; NaN and infinities
   * exactly.
   */
  static boolean holds(double actual, double expected, double tolerance) {
    if (Double.isNaN(expected) || Double.isInfinite(expected)) {
      return Double.compare(actual, expected) == 0;
    }
    return Math.abs(actual - expected) <= tolerance;
  }
}
