package dev.wta.eval.report;

import dev.wta.eval.chart.BarChart;
import dev.wta.eval.probe.FewLabelsChart;
import dev.wta.eval.probe.FewLabelsResult;
import dev.wta.eval.probe.LabelledSubsets;
import dev.wta.eval.report.html.ChartFigures;
import dev.wta.eval.report.html.Element;
import dev.wta.eval.report.html.NumberFormats;
import dev.wta.eval.report.html.Section;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The section on the results of linear probes. */
final class ProbesSection {
  /** A larger table of confusions is no longer read. */
  private static final int MOST_CLASSES = 20;

  private ProbesSection() {}

  /** The last probe of what the run has learnt that has a test error. */
  static Optional<ProbeNote> latest(List<ProbeNote> probes) {
    return probes.stream()
        .filter(probe -> probe.ofRun() && probe.number("testError").isPresent())
        .max(Comparator.comparing(probe -> probe.text("at")));
  }

  /** The section; empty without probes. */
  static Optional<Element> section(List<ProbeNote> probes) {
    if (probes.isEmpty()) {
      return Optional.empty();
    }
    Element section = Section.of("probes", "Probes");
    List<ProbeNote> judged =
        probes.stream()
            .filter(probe -> probe.number("testError").isPresent())
            .sorted(Comparator.comparing((ProbeNote probe) -> probe.text("at")).reversed())
            .toList();
    if (!judged.isEmpty()) {
      section.add(
          Section.note(
              "A linear classifier fitted to labelled samples, and tried on others. The error is ±"
                  + " the standard error of the test samples."),
          table(judged));
    }
    Element charts = Element.of("div").with("class", "charts");
    probes.stream()
        .filter(probe -> !probe.fewLabels().isEmpty())
        .forEach(probe -> charts.add(fewLabels(probe)));
    latest(probes)
        .flatMap(ProbeNote::confusion)
        .filter(counts -> counts.length <= MOST_CLASSES)
        .ifPresent(counts -> charts.add(perClass(counts), confusion(counts)));
    return Optional.of(section.add(charts));
  }

  private static Element table(List<ProbeNote> probes) {
    Element head = Element.of("tr");
    for (String column :
        List.of("features", "classifier", "fitted to", "tried on", "test error", "train error")) {
      head.add(Element.of("th", column).with("scope", "col"));
    }
    Element body = Element.of("tbody");
    for (ProbeNote probe : probes) {
      body.add(
          Element.of(
              "tr",
              Element.of("th", probe.ofRun() ? "learnt" : "raw samples").with("scope", "row"),
              Element.of("td", classifier(probe)),
              Element.of("td", probe.data("train")),
              Element.of("td", probe.data("test")),
              Element.of("td", error(probe)).with("class", "number"),
              Element.of("td", percent(probe, "trainError")).with("class", "number")));
    }
    return Element.of(
            "div",
            Element.of(
                "table",
                Element.of("caption", "Probes, the newest first"),
                Element.of("thead", head),
                body))
        .with("class", "scroll probes")
        .with("tabindex", 0)
        .with("role", "group")
        .with("aria-label", "Probes");
  }

  private static String classifier(ProbeNote probe) {
    String c =
        probe.number("c").isPresent()
            ? String.format(Locale.ROOT, ", C %.3g", probe.number("c").getAsDouble())
            : "";
    return probe.text("classifier") + c;
  }

  static String error(ProbeNote probe) {
    String error = percent(probe, "testError");
    return probe.number("testErrorStandardError").isPresent()
        ? error + " ± " + percent(probe, "testErrorStandardError")
        : error;
  }

  private static String percent(ProbeNote probe, String name) {
    return probe.number(name).isPresent()
        ? NumberFormats.percent(probe.number(name).getAsDouble())
        : "";
  }

  private static Element fewLabels(ProbeNote probe) {
    String name = probe.ofRun() ? "learnt" : "raw samples";
    List<FewLabelsResult> results = probe.fewLabels();
    boolean first =
        results.stream().anyMatch(result -> result.subsets().equals(LabelledSubsets.First.NAME));
    return ChartFigures.figure(
        FewLabelsChart.of(name, results),
        "Test error in %, fitted to few labels: "
            + (first
                ? "the first samples of each class."
                : "mean and standard deviation over random subsets."));
  }

  private static Element perClass(long[][] counts) {
    List<BarChart.Bar> bars = new ArrayList<>();
    for (int truth = 0; truth < counts.length; truth++) {
      long all = 0;
      for (long count : counts[truth]) {
        all += count;
      }
      double wrong = all == 0 ? 0 : 100.0 * (all - counts[truth][truth]) / all;
      bars.add(new BarChart.Bar(String.valueOf(truth), wrong));
    }
    return ChartFigures.figure(
        new BarChart("Test error, %, by class", "class", "test error, %", bars),
        "The error rate on each class's test samples.");
  }

  private static Element confusion(long[][] counts) {
    long worst = 1;
    for (int truth = 0; truth < counts.length; truth++) {
      for (int predicted = 0; predicted < counts.length; predicted++) {
        worst = truth == predicted ? worst : Math.max(worst, counts[truth][predicted]);
      }
    }
    Element head = Element.of("tr", Element.of("th", "true \\ predicted").with("scope", "col"));
    Element body = Element.of("tbody");
    for (int truth = 0; truth < counts.length; truth++) {
      head.add(Element.of("th", String.valueOf(truth)).with("scope", "col"));
      Element row = Element.of("tr", Element.of("th", String.valueOf(truth)).with("scope", "row"));
      for (int predicted = 0; predicted < counts.length; predicted++) {
        Element cell = Element.of("td", NumberFormats.count(counts[truth][predicted]));
        String shade =
            String.format(Locale.ROOT, "--shade:%.2f", counts[truth][predicted] / (double) worst);
        row.add(truth == predicted ? cell.with("class", "right") : cell.with("style", shade));
      }
      body.add(row);
    }
    return Element.of(
            "figure",
            Element.of(
                    "div",
                    Element.of(
                            "table",
                            Element.of("caption", "Confusion matrix"),
                            Element.of("thead", head),
                            body)
                        .with("class", "confusion"))
                .with("class", "scroll")
                .with("tabindex", 0)
                .with("role", "group")
                .with("aria-label", "Confusion matrix"),
            Element.of(
                "figcaption", "Test samples by their class, and by the class they are given."))
        .with("class", "chart");
  }
}
