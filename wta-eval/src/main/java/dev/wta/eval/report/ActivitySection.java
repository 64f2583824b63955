package dev.wta.eval.report;

import dev.wta.eval.chart.Axis;
import dev.wta.eval.chart.Histogram;
import dev.wta.eval.metrics.SparsityMeter;
import dev.wta.eval.report.html.ChartFigures;
import dev.wta.eval.report.html.Element;
import dev.wta.eval.report.html.NumberFormats;
import dev.wta.eval.report.html.Section;
import java.util.Arrays;
import java.util.stream.IntStream;

/** How strongly, how often and by how many units samples are answered. */
final class ActivitySection {
  private static final int INTERVALS = 50;
  private static final int MOST_NAMED = 60;

  private ActivitySection() {}

  static Element section(SparsityMeter units) {
    String note =
        "Over %s, competition off. %s"
            .formatted(NumberFormats.several(units.samples(), "sample"), dead(units));
    return Section.of(
        "activity",
        "Activation density",
        Section.note(note),
        Element.of(
                "div",
                ChartFigures.figure(
                    strengths(units), "How many activations above 0 there are of each size."),
                ChartFigures.figure(
                    usage(units), "How many units answer which part of the samples."))
            .with("class", "charts"));
  }

  private static Histogram strengths(SparsityMeter units) {
    double top = units.strongest();
    double range = top > 0 ? top : 1;
    double[] edges = new double[INTERVALS + 1];
    Arrays.setAll(edges, i -> range * i / INTERVALS);
    return Histogram.of(
        "Activations",
        Axis.linear("activation"),
        Axis.log("how many"),
        edges,
        units.histogram(INTERVALS, range));
  }

  private static Histogram usage(SparsityMeter units) {
    double most = IntStream.range(0, units.units()).mapToDouble(units::usage).max().orElseThrow();
    double range = most > 0 ? Math.min(1, most * 1.0001) : 1;
    double[] edges = new double[INTERVALS + 1];
    Arrays.setAll(edges, i -> 100 * range * i / INTERVALS);
    long[] counts = new long[INTERVALS];
    for (int unit = 0; unit < units.units(); unit++) {
      counts[(int) Math.min(INTERVALS - 1, INTERVALS * units.usage(unit) / range)]++;
    }
    return Histogram.of(
        "Units by usage", Axis.linear("% of the samples"), Axis.linear("units"), edges, counts);
  }

  private static String dead(SparsityMeter units) {
    int dead = units.dead();
    if (dead == 0) {
      return "No unit is dead: each answers some sample.";
    }
    int[] numbers =
        IntStream.range(0, units.units()).filter(unit -> units.usage(unit) == 0).toArray();
    String list =
        String.join(
            ", ", Arrays.stream(numbers).limit(MOST_NAMED).mapToObj(String::valueOf).toList());
    return "%s of %s answer no sample at all: %s%s."
        .formatted(
            NumberFormats.several(dead, "unit"),
            NumberFormats.count(units.units()),
            list,
            dead > MOST_NAMED ? ", and so on" : "");
  }
}
