package dev.wta.reproduce;

/**
 * A figure that was measured here.
 *
 * @param value in the table's unit
 * @param std standard deviation over repeats, in the table's unit; null where there was one
 */
public record Measured(double value, Double std) {
  /** A figure without a spread. */
  public static Measured of(double value) {
    return new Measured(value, null);
  }

  /** The accuracy of an error in per cent. */
  public Measured asAccuracy() {
    return new Measured(100 - value, std);
  }
}
