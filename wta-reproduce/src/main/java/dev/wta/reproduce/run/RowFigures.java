package dev.wta.reproduce.run;

import dev.wta.reproduce.Measured;
import dev.wta.reproduce.Row;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;

/** The text of a row's figures. */
public final class RowFigures {
  private RowFigures() {}

  /** {@code 1.02 M}: the figure, as exact as it was given, and its mark; empty if there is none. */
  public static String reported(Row row) {
    return row.reported().map(figure -> asGiven(figure.value()) + " " + figure.mark()).orElse("");
  }

  /**
   * {@code 1.31 ± 0.05}; empty if nothing was measured.
   *
   * @param decimals digits behind the point
   */
  public static String measured(ReproducedRow row, int decimals) {
    return row.measured() == null ? "" : text(row.measured(), decimals);
  }

  /** {@code 1.31 ± 0.05}. */
  public static String text(Measured measured, int decimals) {
    String value = number(measured.value(), decimals);
    return measured.std() == null ? value : value + " ± " + number(measured.std(), decimals);
  }

  static String number(double value, int decimals) {
    return String.format(Locale.ROOT, "%." + decimals + "f", value);
  }

  /** To a hundredth, or further where that is not all of it. */
  private static String asGiven(double value) {
    BigDecimal exact = BigDecimal.valueOf(value);
    return exact.setScale(Math.max(2, exact.scale()), RoundingMode.UNNECESSARY).toPlainString();
  }
}
