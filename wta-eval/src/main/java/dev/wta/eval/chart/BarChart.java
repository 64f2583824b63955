package dev.wta.eval.chart;

import java.util.List;
import java.util.stream.Collectors;

/**
 * A bar chart of a few named values.
 *
 * @param x what the things are
 * @param y what is measured; the axis starts at 0
 */
public record BarChart(String title, String x, String y, List<Bar> bars) implements Chart {
  public BarChart {
    bars = List.copyOf(bars);
  }

  /** A thing and its number, at least 0. */
  public record Bar(String name, double value) {}

  @Override
  public String svg() {
    Axis across = Axis.linear(x);
    Axis up = Axis.linear(y).fromZero();
    AxisScale places = new AxisScale(false, 0, Math.max(bars.size(), 1), List.of());
    AxisScale heights = AxisScale.of(up, bars.stream().mapToDouble(Bar::value).toArray());
    String description =
        bars.stream()
            .map(bar -> bar.name() + ": " + AxisScale.text(bar.value()))
            .collect(Collectors.joining("; "));
    Plot plot = Plot.begin(title, description, places, across, heights, up);
    for (int i = 0; i < bars.size(); i++) {
      Bar bar = bars.get(i);
      String words = bar.name() + ": " + AxisScale.text(bar.value());
      plot.bar(0, plot.across(i + 0.15), plot.across(i + 0.85), bar.value(), words);
      plot.text(plot.across(i + 0.5), Plot.BOTTOM + 20, "middle", "", bar.name());
    }
    return plot.end();
  }
}
