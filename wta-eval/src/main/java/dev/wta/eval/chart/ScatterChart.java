package dev.wta.eval.chart;

import dev.wta.eval.chart.Series.Point;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A scatter plot: one point per item, in a few groups, without error bars. */
public record ScatterChart(String title, Axis x, Axis y, List<Series> series) implements Chart {
  public ScatterChart {
    series = List.copyOf(series);
  }

  @Override
  public String svg() {
    AxisScale across = AxisScale.of(x, points().mapToDouble(Point::x).toArray());
    AxisScale down = AxisScale.of(y, points().mapToDouble(Point::y).toArray());
    Plot plot = Plot.begin(title, description(), across, x, down, y);
    double left = Plot.LEFT;
    for (int i = 0; i < series.size(); i++) {
      String name = series.get(i).name();
      for (Point point : series.get(i).points()) {
        mark(plot, i, point);
      }
      if (series.size() > 1) { // a legend, in a row above the chart
        plot.add(LineChart.shape(i, left + 5, 41));
        plot.text(left + 16, 45.5, "start", "", name);
        left += 40 + 7.2 * name.length();
      }
    }
    return plot.end();
  }

  private Stream<Point> points() {
    return series.stream().flatMap(one -> one.points().stream());
  }

  private String description() {
    return "%s against %s. %s"
        .formatted(
            y.title(),
            x.title(),
            series.stream()
                .map(one -> "%s: %,d points".formatted(one.name(), one.points().size()))
                .collect(Collectors.joining("; ")));
  }

  private void mark(Plot plot, int index, Point point) {
    double left = plot.across(point.x());
    double top = plot.down(point.y());
    if (Double.isFinite(left) && Double.isFinite(top)) {
      String words =
          "%s: %s at %s"
              .formatted(
                  series.get(index).name(), AxisScale.text(point.y()), AxisScale.text(point.x()));
      plot.add(
          "<g fill-opacity=\"0.6\">%s<title>%s</title></g>"
              .formatted(LineChart.shape(index, left, top), Plot.escape(words)));
    }
  }
}
