package dev.wta.eval.chart;

import java.util.ArrayList;
import java.util.List;

/**
 * A series of points, joined by a line in this order. A point that is not a number interrupts the
 * line.
 *
 * @param name for the legend
 */
public record Series(String name, List<Point> points) {
  public Series {
    points = List.copyOf(points);
  }

  /**
   * A point.
   *
   * @param error half the length of its error bar; 0 for none
   */
  public record Point(double x, double y, double error) {}

  /** Points without error bars. */
  public static Series of(String name, double[] x, double[] y) {
    return of(name, x, y, new double[x.length]);
  }

  /** Points with an error bar from {@code y - error} to {@code y + error} each. */
  public static Series of(String name, double[] x, double[] y, double[] error) {
    if (x.length != y.length || x.length != error.length) {
      throw new IllegalArgumentException(
          "%d, %d and %d numbers are not points".formatted(x.length, y.length, error.length));
    }
    List<Point> points = new ArrayList<>();
    for (int i = 0; i < x.length; i++) {
      points.add(new Point(x[i], y[i], error[i]));
    }
    return new Series(name, points);
  }
}
