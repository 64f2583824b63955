package dev.wta.eval.report.html;

import dev.wta.eval.chart.Axis;
import dev.wta.eval.chart.Chart;
import dev.wta.eval.chart.LineChart;
import dev.wta.eval.chart.Series;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Charts as figures of a page. */
public final class ChartFigures {
  /** A logarithmic axis is offered where values differ by at least this factor. */
  private static final double WORTH_LOGARITHMS = 3;

  private ChartFigures() {}

  public static Element figure(Chart chart, String caption) {
    return Element.of("figure", scrolling(chart), Element.of("figcaption", caption))
        .with("class", "chart");
  }

  /**
   * A curve that is read off by pointing at it, with a switch to a logarithmic axis where that
   * shows more.
   */
  public static Element curve(String title, String unit, double[] x, double[] y) {
    Element figure =
        Element.of("figure")
            .with("class", "chart curve")
            .with("data-title", unit)
            .with("data-x", joined(x))
            .with("data-y", joined(y));
    double low = Arrays.stream(y).filter(Double::isFinite).min().orElse(0);
    double high = Arrays.stream(y).filter(Double::isFinite).max().orElse(0);
    if (low > 0 && high / low > WORTH_LOGARITHMS) {
      figure.add(
          Element.of(
                  "label",
                  Element.of("input").with("type", "checkbox").with("class", "logarithmic"),
                  Html.text(" log scale"))
              .with("class", "switch"));
      figure.add(scrolling(lines(title, unit, x, y, Axis.log(unit))).with("class", "scroll log"));
    }
    return figure
        .add(scrolling(lines(title, unit, x, y, Axis.linear(unit))).with("class", "scroll linear"))
        .add(Element.of("figcaption", "\u00a0").with("class", "readout").with("aria-live", "off"));
  }

  private static LineChart lines(String title, String unit, double[] x, double[] y, Axis axis) {
    return new LineChart(title, Axis.linear("step"), axis, List.of(Series.of(unit, x, y)));
  }

  private static Element scrolling(Chart chart) {
    return Element.of("div", new Html.Markup(chart.svg()))
        .with("class", "scroll")
        .with("tabindex", 0)
        .with("role", "group")
        .with("aria-label", chart.title());
  }

  private static String joined(double[] values) {
    return Arrays.stream(values)
        .mapToObj(value -> String.format(Locale.ROOT, "%.6g", value))
        .collect(Collectors.joining(" "));
  }
}
