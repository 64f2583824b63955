package dev.wta.bench.result;

import java.util.Locale;

/** Numbers as people read them. */
public final class RateFormat {
  private RateFormat() {}

  /** Three significant digits, and thousands whole: {@code 0.123}, {@code 45.6}, {@code 12,345}. */
  public static String of(double value) {
    double size = Math.abs(value);
    String format = size >= 100 ? "%,.0f" : size >= 10 ? "%.1f" : size >= 1 ? "%.2f" : "%.3f";
    return String.format(Locale.ROOT, format, value);
  }

  public static String with(double value, String unit) {
    return of(value) + " " + unit;
  }
}
