package dev.wta.eval.chart;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.DoublePredicate;

/**
 * The scale of an axis.
 *
 * @param from the value at 0
 * @param to the value at 1
 * @param ticks the values to mark
 */
record AxisScale(boolean logarithmic, double from, double to, List<Double> ticks) {
  /** About so many marks are legible. */
  private static final int MARKS = 6;

  /** Half the largest number is the most that a difference of two can have, with some room. */
  private static final double LARGEST = 1e300;

  private static final double LARGEST_OF_LOGARITHMS = 1e150;

  /** A scale for values, those that have no place on the axis left out. */
  static AxisScale of(Axis axis, double... values) {
    double low = axis.zero() && !axis.logarithmic() ? 0 : Double.POSITIVE_INFINITY;
    double high = axis.zero() && !axis.logarithmic() ? 0 : Double.NEGATIVE_INFINITY;
    DoublePredicate shown = value -> hasPlace(axis.logarithmic(), value);
    for (double value : values) {
      if (shown.test(value)) {
        low = Math.min(low, value);
        high = Math.max(high, value);
      }
    }
    for (double tick : axis.ticks()) {
      if (shown.test(tick)) {
        low = Math.min(low, tick);
        high = Math.max(high, tick);
      }
    }
    if (low > high) { // nothing to show
      low = axis.logarithmic() ? 1 : 0;
      high = axis.logarithmic() ? 10 : 1;
    }
    return axis.logarithmic() ? logarithmic(axis, low, high) : linear(axis, low, high);
  }

  private static AxisScale linear(Axis axis, double low, double high) {
    double least = Math.max(Math.max(Math.abs(low), Math.abs(high)) * 1e-9, Double.MIN_NORMAL);
    double room = high - low > least ? high - low : Math.max(Math.abs(high), 1);
    double step = niceStep(room / (MARKS - 1));
    double from = Math.floor(low / step + 1e-9) * step;
    double to = Math.ceil(high / step - 1e-9) * step;
    if (to <= from) {
      to = from + step;
    }
    List<Double> ticks = new ArrayList<>(axis.ticks());
    if (ticks.isEmpty()) {
      for (int i = 0; i <= Math.round((to - from) / step); i++) {
        ticks.add(from + i * step);
      }
    }
    return new AxisScale(false, from, to, ticks);
  }

  private static AxisScale logarithmic(Axis axis, double low, double high) {
    double margin = high > low ? Math.pow(high / low, 0.04) : 2;
    double from = low / margin;
    double to = high * margin;
    List<Double> ticks = new ArrayList<>(axis.ticks());
    if (ticks.isEmpty()) {
      double decades = Math.log10(to / from);
      int every = (int) Math.max(1, Math.ceil(decades / MARKS));
      List<Integer> multiples =
          decades > 3 ? List.of(1) : decades > 1.5 ? List.of(1, 3) : List.of(1, 2, 3, 5, 7);
      for (int power = (int) Math.floor(Math.log10(from)); power <= Math.log10(to); power++) {
        for (int multiple : multiples) {
          double tick = multiple * Math.pow(10, power);
          if (power % every == 0 && tick >= from && tick <= to) {
            ticks.add(tick);
          }
        }
      }
      if (ticks.size() < 2) { // less than a step of those
        ticks.clear();
        ticks.add(low);
        ticks.add(high);
      }
    }
    return new AxisScale(true, from, to, ticks);
  }

  /** Whether an axis can show a value, so that the length of the axis is a number, too. */
  private static boolean hasPlace(boolean logarithmic, double value) {
    return logarithmic
        ? value >= 1 / LARGEST_OF_LOGARITHMS && value <= LARGEST_OF_LOGARITHMS
        : Math.abs(value) <= LARGEST;
  }

  /** The smallest of 1, 2, 2.5 and 5 times a power of ten that is not below {@code least}. */
  private static double niceStep(double least) {
    double power = Math.pow(10, Math.floor(Math.log10(least)));
    for (double nice : new double[] {1, 2, 2.5, 5}) {
      if (nice * power >= least * (1 - 1e-9)) {
        return nice * power;
      }
    }
    return 10 * power;
  }

  /** Where a value lies, 0 to 1 within the axis; NaN for one that has no place on it. */
  double place(double value) {
    if (!hasPlace(logarithmic, value)) {
      return Double.NaN;
    }
    return logarithmic
        ? Math.log(value / from) / Math.log(to / from)
        : (value - from) / (to - from);
  }

  /** A number as people read it: {@code 60,000}, {@code 0.25}, {@code 1e-6}. */
  static String text(double value) {
    double size = Math.abs(value);
    if (size < 1e-12) {
      return "0";
    }
    if (size >= 1e7 || size < 1e-3) {
      return trimmed(String.format(Locale.ROOT, "%.2e", value));
    }
    int decimals = size >= 1000 ? 0 : Math.max(0, 3 - (int) Math.floor(Math.log10(size)));
    String text = String.format(Locale.ROOT, "%,." + decimals + "f", value);
    return decimals == 0 ? text : text.replaceFirst("\\.?0+$", "");
  }

  private static String trimmed(String scientific) {
    return scientific.replaceFirst("\\.?0*e([+-])0*(\\d)", "e$1$2").replace("e+", "e");
  }
}
