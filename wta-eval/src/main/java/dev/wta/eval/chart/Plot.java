package dev.wta.eval.chart;

import dev.wta.api.VisibleText;
import java.util.List;
import java.util.Locale;

/** The SVG element of a chart while it is drawn: title, axes, grid, and then the marks. */
final class Plot {
  static final double WIDTH = 720;
  static final double HEIGHT = 420;
  static final double LEFT = 70;
  static final double RIGHT = WIDTH - 24;
  static final double TOP = 64;
  static final double BOTTOM = HEIGHT - 56;
  static final int COLOURS = 6;

  /** Each has a contrast of more than 3 to white and to black. */
  private static final List<String> PALETTE =
      List.of("#3b7dd8", "#d4622a", "#2c9568", "#a45fd0", "#a87b12", "#5b8794");

  private static final String INK = "#2b3036";
  private static final String GRID = "#d5d9de";

  /** Attributes stand for viewers that know no variables; where variables are known, these win. */
  private static final String STYLE =
      """
      .wta-chart{max-width:100%;height:auto;font:13px system-ui,sans-serif;\
      --ink:var(--chart-ink,#2b3036);--grid:var(--chart-grid,#d5d9de)}
      @media (prefers-color-scheme:dark){.wta-chart{--ink:var(--chart-ink,#d8dde3);--grid:var(--chart-grid,#3d444d)}}
      .wta-chart text{fill:var(--ink)}.wta-chart .grid{stroke:var(--grid)}.wta-chart .axis{stroke:var(--ink)}
      """;

  private final StringBuilder svg = new StringBuilder();
  private final AxisScale x;
  private final AxisScale y;

  private Plot(AxisScale x, AxisScale y) {
    this.x = x;
    this.y = y;
  }

  /**
   * Begins a chart.
   *
   * @param description what the chart shows, for those who do not see it
   */
  static Plot begin(
      String title, String description, AxisScale x, Axis xAxis, AxisScale y, Axis yAxis) {
    Plot plot = new Plot(x, y);
    plot.add(
        """
        <svg xmlns="http://www.w3.org/2000/svg" class="wta-chart" viewBox="0 0 %1$s %2$s" width="%1$s" height="%2$s" \
        role="img" aria-label="%3$s. %4$s" font-family="system-ui, sans-serif" font-size="13">
        <title>%3$s</title><desc>%4$s</desc>\
        """
            .formatted(number(WIDTH), number(HEIGHT), escape(title), escape(description)));
    StringBuilder colours = new StringBuilder(STYLE);
    for (int i = 0; i < COLOURS; i++) {
      colours.append(
          ".wta-chart .stroke-%1$d{stroke:var(--chart-%1$d,%2$s)}.wta-chart .fill-%1$d{fill:var(--chart-%1$d,%2$s)}"
              .formatted(i + 1, PALETTE.get(i)));
    }
    plot.add("<style>" + colours + "</style>");
    plot.text(LEFT, 22, "start", "font-size=\"16\" font-weight=\"600\"", title);
    plot.axes(xAxis, yAxis);
    return plot;
  }

  private void axes(Axis xAxis, Axis yAxis) {
    for (double tick : y.ticks()) {
      double at = down(tick);
      line("class=\"grid\" stroke=\"" + GRID + "\"", LEFT, at, RIGHT, at);
      text(LEFT - 8, at + 4.5, "end", "", AxisScale.text(tick));
    }
    double taken = Double.NEGATIVE_INFINITY;
    for (double tick : x.ticks()) {
      double at = across(tick);
      line("class=\"axis\" stroke=\"" + INK + "\"", at, BOTTOM, at, BOTTOM + 5);
      String label = AxisScale.text(tick);
      double half = 4.0 * label.length();
      if (at - half > taken) { // marks that are close together share no room
        text(at, BOTTOM + 20, "middle", "", label);
        taken = at + half;
      }
    }
    line("class=\"axis\" stroke=\"" + INK + "\"", LEFT, BOTTOM, RIGHT, BOTTOM);
    text((LEFT + RIGHT) / 2, HEIGHT - 12, "middle", "", xAxis.title());
    double middle = (TOP + BOTTOM) / 2;
    String turned = "transform=\"rotate(-90 18 %s)\"".formatted(number(middle));
    text(18, middle, "middle", turned, yAxis.title());
  }

  /** A value's place on the horizontal axis, in the picture's units. */
  double across(double value) {
    return LEFT + x.place(value) * (RIGHT - LEFT);
  }

  /** A value's place on the vertical axis, in the picture's units. */
  double down(double value) {
    return BOTTOM - y.place(value) * (BOTTOM - TOP);
  }

  /** The value at the foot of the vertical axis. */
  double floor() {
    return y.from();
  }

  void text(double left, double top, String anchor, String attributes, String text) {
    add(
        "<text x=\"%s\" y=\"%s\" text-anchor=\"%s\" fill=\"%s\" %s>%s</text>"
            .formatted(number(left), number(top), anchor, INK, attributes, escape(text)));
  }

  void line(String attributes, double x1, double y1, double x2, double y2) {
    add(
        "<line %s x1=\"%s\" y1=\"%s\" x2=\"%s\" y2=\"%s\"/>"
            .formatted(attributes, number(x1), number(y1), number(x2), number(y2)));
  }

  /** A bar from the foot of the chart, with words for who points at it. */
  void bar(int colour, double left, double right, double value, String words) {
    double top = down(Math.max(value, y.from()));
    add(
        "<rect %s x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\"><title>%s</title></rect>"
            .formatted(
                fill(colour),
                number(left),
                number(top),
                number(Math.max(right - left, 0.5)),
                number(BOTTOM - top),
                escape(words)));
  }

  static String stroke(int colour) {
    int which = colour % COLOURS;
    return "class=\"stroke-%d\" stroke=\"%s\"".formatted(which + 1, PALETTE.get(which));
  }

  static String fill(int colour) {
    int which = colour % COLOURS;
    return "class=\"fill-%d\" fill=\"%s\"".formatted(which + 1, PALETTE.get(which));
  }

  /** Adds an element. */
  void add(String element) {
    svg.append(element).append('\n');
  }

  /** A coordinate as it is written, to a tenth. */
  static String number(double coordinate) {
    return String.format(Locale.ROOT, "%.1f", coordinate);
  }

  String end() {
    return svg + "</svg>\n";
  }

  static String escape(String text) {
    return VisibleText.of(text)
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
