package dev.wta.eval.report.html;

/** The range of some values: rendered from black to white. */
public record Range(double low, double high) {
  public static Range of(float[] values, int offset, int count) {
    double low = Double.POSITIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    for (int i = offset; i < offset + count; i++) {
      low = Math.min(low, values[i]);
      high = Math.max(high, values[i]);
    }
    return new Range(low, high);
  }

  /** Where a value lies, 0 for the lowest to 1 for the highest; beyond them it is at the end. */
  double place(double value) {
    return high > low ? Math.clamp((value - low) / (high - low), 0.0, 1.0) : 0.5;
  }
}
