package dev.wta.eval.chart;

import dev.wta.eval.chart.Series.Point;
import java.util.ArrayList;
import java.util.List;

/** Leaves out points that cannot be distinguished from their neighbours, keeping peaks. */
final class Thinning {
  /** Stretches of points that each keep their ends and extremes: as many as the chart is wide. */
  private static final int STRETCHES = 600;

  private Thinning() {}

  static List<Point> of(List<Point> points) {
    if (points.size() <= 4 * STRETCHES) {
      return points;
    }
    List<Point> kept = new ArrayList<>();
    for (int stretch = 0; stretch < STRETCHES; stretch++) {
      int from = (int) ((long) stretch * points.size() / STRETCHES);
      int to = (int) ((stretch + 1L) * points.size() / STRETCHES);
      int lowest = from;
      int highest = from;
      for (int i = from; i < to; i++) {
        lowest = points.get(i).y() < points.get(lowest).y() ? i : lowest;
        highest = points.get(i).y() > points.get(highest).y() ? i : highest;
      }
      for (int i = from; i < to; i++) {
        boolean gap = !Double.isFinite(points.get(i).y());
        if (gap || i == from || i == lowest || i == highest || i == to - 1) {
          kept.add(points.get(i));
        }
      }
    }
    return kept;
  }
}
