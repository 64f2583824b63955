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

/** The section on activity: histograms of activations and of the units' activation density. */
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
                    densities(
                        IntStream.range(0, units.units()).mapToDouble(units::usage).toArray()),
                    "How many units are active for which part of the samples."))
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

  /**
   * How many units there are of each density, the share of samples that activate them, in intervals
   * of equal ratio. Dead units have no place on its axis.
   */
  static Histogram densities(double[] usages) {
    double[] live = Arrays.stream(usages).filter(usage -> usage > 0).toArray();
    double low = 0.99 * Arrays.stream(live).min().orElse(0.01);
    double high = 1.01 * Arrays.stream(live).max().orElse(1);
    double[] edges = new double[INTERVALS + 1];
    Arrays.setAll(edges, i -> 100 * low * Math.pow(high / low, (double) i / INTERVALS));
    long[] counts = new long[INTERVALS];
    for (double usage : live) {
      counts[(int) (INTERVALS * Math.log(usage / low) / Math.log(high / low))]++;
    }
    return Histogram.of(
        "Units by density", Axis.log("% of the samples"), Axis.linear("units"), edges, counts);
  }

  private static String dead(SparsityMeter units) {
    int dead = units.dead();
    if (dead == 0) {
      return "No unit is dead: each is active for some sample.";
    }
    int[] numbers =
        IntStream.range(0, units.units()).filter(unit -> units.usage(unit) == 0).toArray();
    String list =
        String.join(
            ", ", Arrays.stream(numbers).limit(MOST_NAMED).mapToObj(String::valueOf).toList());
    return "%s of %s are active for no sample at all: %s%s."
        .formatted(
            NumberFormats.several(dead, "unit"),
            NumberFormats.count(units.units()),
            list,
            dead > MOST_NAMED ? ", and so on" : "");
  }
}
