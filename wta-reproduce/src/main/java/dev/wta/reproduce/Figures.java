package dev.wta.reproduce;

import java.util.Locale;

/** Puts a row's figures into words. */
public final class Figures {
  private Figures() {}

  /** {@code 1.02 M}: the figure and its mark; empty if there is none. */
  public static String reported(Row row) {
    return row.reported().map(figure -> number(figure.value()) + " " + figure.mark()).orElse("");
  }

  /** {@code 1.31 ± 0.05}; empty if nothing was measured. */
  public static String measured(ReproducedRow row) {
    Measured measured = row.measured();
    if (measured == null) {
      return "";
    }
    return measured.std() == null
        ? number(measured.value())
        : number(measured.value()) + " ± " + number(measured.std());
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.2f", value);
  }
}
