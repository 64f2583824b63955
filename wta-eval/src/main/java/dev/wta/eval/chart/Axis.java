package dev.wta.eval.chart;

import java.util.Arrays;
import java.util.List;

/**
 * An axis of a chart; its range is that of the data.
 *
 * @param title what is measured, with its unit
 * @param logarithmic whether equal steps are equal factors; values of 0 and less are then left out
 * @param zero whether a linear axis reaches to 0
 * @param ticks the values to mark; chosen for the range if empty
 */
public record Axis(String title, boolean logarithmic, boolean zero, List<Double> ticks) {
  public Axis {
    ticks = List.copyOf(ticks);
  }

  public static Axis linear(String title) {
    return new Axis(title, false, false, List.of());
  }

  public static Axis log(String title) {
    return new Axis(title, true, false, List.of());
  }

  /** The same axis, reaching to 0. */
  public Axis fromZero() {
    return new Axis(title, logarithmic, true, ticks);
  }

  /** The same axis with marks at these values. */
  public Axis at(double... values) {
    return new Axis(title, logarithmic, zero, Arrays.stream(values).boxed().toList());
  }
}
