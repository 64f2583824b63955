package dev.wta.eval.chart;

import dev.wta.eval.chart.Series.Point;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/**
 * A line chart, with error bars for points that have errors.
 *
 * <pre>{@code
 * new LineChart("Loss", Axis.linear("step"), Axis.log("loss"), List.of(Series.of("train", steps, losses))).svg()
 * }</pre>
 */
public record LineChart(String title, Axis x, Axis y, List<Series> series) implements Chart {
  /** More points than this are a curve, and get no marks of their own. */
  private static final int MOST_MARKS = 40;

  private static final List<String> DASHES = List.of("", "6 3", "2 3", "8 3 2 3", "12 4", "4 2");

  public LineChart {
    series = List.copyOf(series);
  }

  @Override
  public String svg() {
    AxisScale across = AxisScale.of(x, points().mapToDouble(Point::x).toArray());
    AxisScale down =
        AxisScale.of(
            y,
            points()
                .flatMapToDouble(
                    point -> DoubleStream.of(point.y() - point.error(), point.y() + point.error()))
                .toArray());
    Plot plot = Plot.begin(title, description(), across, x, down, y);
    for (int i = 0; i < series.size(); i++) {
      draw(plot, i);
    }
    legend(plot);
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
            series.stream().map(LineChart::describe).collect(Collectors.joining("; ")));
  }

  private static String describe(Series one) {
    if (one.points().isEmpty()) {
      return one.name() + ": no points";
    }
    Point first = one.points().getFirst();
    Point last = one.points().getLast();
    return "%s: %s at %s to %s at %s"
        .formatted(
            one.name(),
            AxisScale.text(first.y()),
            AxisScale.text(first.x()),
            AxisScale.text(last.y()),
            AxisScale.text(last.x()));
  }

  private void draw(Plot plot, int index) {
    Series one = series.get(index);
    StringBuilder path = new StringBuilder();
    boolean pen = false;
    for (Point point : Thinning.of(one.points())) {
      double left = plot.across(point.x());
      double top = plot.down(point.y());
      boolean shown = Double.isFinite(left) && Double.isFinite(top);
      if (shown) {
        path.append(pen ? 'L' : 'M').append(place(left, top));
      }
      pen = shown;
    }
    plot.add(
        "<path %s fill=\"none\" stroke-width=\"2\" stroke-dasharray=\"%s\" d=\"%s\"/>"
            .formatted(Plot.stroke(index), dash(index), path));
    if (one.points().size() <= MOST_MARKS) {
      one.points().forEach(point -> mark(plot, index, point));
    }
  }

  private void mark(Plot plot, int index, Point point) {
    double left = plot.across(point.x());
    double top = plot.down(point.y());
    if (!Double.isFinite(left) || !Double.isFinite(top)) {
      return;
    }
    if (point.error() > 0) {
      double high = plot.down(point.y() + point.error());
      double low = plot.down(point.y() - point.error());
      double foot = Double.isFinite(low) ? low : Plot.BOTTOM; // a logarithm of nothing
      plot.add(
          "<path %s fill=\"none\" stroke-width=\"1.5\" d=\"M%sV%sM%sh8M%sh8\"/>"
              .formatted(
                  Plot.stroke(index),
                  place(left, high),
                  Plot.number(foot),
                  place(left - 4, high),
                  place(left - 4, foot)));
    }
    String words =
        "%s: %s at %s"
                .formatted(
                    series.get(index).name(), AxisScale.text(point.y()), AxisScale.text(point.x()))
            + (point.error() > 0 ? ", ± " + AxisScale.text(point.error()) : "");
    plot.add("<g>%s<title>%s</title></g>".formatted(shape(index, left, top), Plot.escape(words)));
  }

  /** A legend of more than one series, in a row above the chart. */
  private void legend(Plot plot) {
    if (series.size() < 2) {
      return;
    }
    double left = Plot.LEFT;
    for (int i = 0; i < series.size(); i++) {
      plot.add(
          "<path %s stroke-width=\"2\" stroke-dasharray=\"%s\" d=\"M%sh26\"/>%s"
              .formatted(Plot.stroke(i), dash(i), place(left, 41), shape(i, left + 13, 41)));
      plot.text(left + 32, 45.5, "start", "", series.get(i).name());
      left += 50 + 7.2 * series.get(i).name().length();
    }
  }

  private static String dash(int index) {
    return DASHES.get(index % DASHES.size());
  }

  private static String place(double left, double top) {
    return Plot.number(left) + " " + Plot.number(top);
  }

  /** A disc, a square, a triangle, a diamond, and again. */
  static String shape(int index, double left, double top) {
    String fill = Plot.fill(index);
    String path = "<path " + fill + " d=\"M" + place(left, top);
    return switch (index % 4) {
      case 0 ->
          "<circle %s cx=\"%s\" cy=\"%s\" r=\"4\"/>"
              .formatted(fill, Plot.number(left), Plot.number(top));
      case 1 -> path + "m-4 -4h8v8h-8z\"/>";
      case 2 -> path + "m0 -5l5 9h-10z\"/>";
      default -> path + "m0 -5.5l5.5 5.5l-5.5 5.5l-5.5 -5.5z\"/>";
    };
  }
}
