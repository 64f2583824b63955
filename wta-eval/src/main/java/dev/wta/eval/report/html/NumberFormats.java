package dev.wta.eval.report.html;

import java.util.Locale;

/** The number formats of a page. */
public final class NumberFormats {
  private NumberFormats() {}

  /** {@code 60,000}. */
  public static String count(long count) {
    return String.format(Locale.ROOT, "%,d", count);
  }

  /** {@code 1.15 %}, or {@code 0.0042 %} where two decimals would show nothing. */
  public static String percent(double part) {
    double percent = 100 * part;
    return Math.abs(percent) >= 0.01 || percent == 0
        ? String.format(Locale.ROOT, percent >= 10 ? "%.1f %%" : "%.2f %%", percent)
        : String.format(Locale.ROOT, "%.1e %%", percent);
  }

  /** Four significant digits, and a comma at each thousand: {@code 30.17}, {@code 0.95}. */
  public static String number(double value) {
    double size = Math.abs(value);
    if (value == Math.rint(value) && size < 1e12) {
      return count((long) value);
    }
    if (size >= 1e7 || size < 1e-4) {
      return String.format(Locale.ROOT, "%.3g", value);
    }
    int decimals = size >= 1000 ? 0 : 3 - (int) Math.floor(Math.log10(size));
    String text = String.format(Locale.ROOT, "%,." + decimals + "f", value);
    return text.contains(".") ? text.replaceFirst("\\.?0+$", "") : text;
  }

  /** {@code 1 unit}, {@code 2,000 units}. */
  public static String several(long count, String one) {
    return count(count) + " " + one + (count == 1 ? "" : "s");
  }
}
