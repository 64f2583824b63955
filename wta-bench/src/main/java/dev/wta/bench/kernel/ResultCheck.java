package dev.wta.bench.kernel;

/** Stops a benchmark whose results are wrong: how fast they are made is then of no interest. */
public final class ResultCheck {
  private ResultCheck() {}

  /**
   * @param tolerance how far {@code actual} may be from {@code expected}
   */
  public static void require(String what, double expected, double actual, double tolerance) {
    if (!(Math.abs(expected - actual) <= tolerance)) {
      throw new IllegalStateException(
          "%s: expected %s within %s, not %s".formatted(what, expected, tolerance, actual));
    }
  }
}
