package dev.wta.eval.report;

import dev.wta.eval.metrics.SparsityMeter;
import dev.wta.eval.metrics.SparsityMetrics;
import dev.wta.eval.report.html.Element;
import dev.wta.eval.report.html.NumberFormats;
import dev.wta.models.FeatureExtractor;
import dev.wta.models.run.RunConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The head of a page: the run, and its most important numbers. */
final class Overview {
  private Overview() {}

  static Element header(
      String name,
      RunConfig config,
      FeatureExtractor encoder,
      MetricsHistory history,
      Optional<SparsityMeter> activity,
      List<ProbeNote> probes) {
    Element figures = Element.of("dl").with("class", "figures");
    ProbesSection.latest(probes)
        .ifPresent(probe -> figures.add(figure("test error", ProbesSection.error(probe))));
    activity.ifPresent(
        seen -> {
          SparsityMetrics sparsity = seen.metrics();
          double explained = sparsity.explainedVariance();
          if (Double.isFinite(explained)) {
            figures.add(figure("variance explained", NumberFormats.percent(explained)));
            figures.add(
                figure(
                    "by the mean over samples",
                    NumberFormats.percent(sparsity.explainedVarianceLegacy())));
            figures.add(figure("L0 of that code", NumberFormats.number(sparsity.decodedL0())));
          }
          figures.add(figure("of the features active", NumberFormats.percent(sparsity.density())));
          figures.add(
              figure(
                  "dead units",
                  "%s of %s"
                      .formatted(
                          NumberFormats.count(seen.dead()), NumberFormats.count(seen.units()))));
        });
    if (history.names().contains("winnersPerSample")) {
      figures.add(
          figure(
              "winners a sample", NumberFormats.number(history.column("winnersPerSample").last())));
    }
    if (history.names().contains("loss")) {
      figures.add(figure("loss", NumberFormats.number(history.column("loss").last())));
    }
    return Element.of(
        "header",
        Element.of("h1", name),
        Element.of("p", String.join(" · ", words(config, encoder))).with("class", "summary"),
        figures);
  }

  private static List<String> words(RunConfig config, FeatureExtractor encoder) {
    List<String> words = new ArrayList<>();
    words.add(config.family());
    words.add(NumberFormats.several(encoder.units(), "unit"));
    if (config.model().get("competition") instanceof String competition) {
      words.add(competition);
    }
    if (config.data().get("samples") instanceof Number samples) {
      words.add(
          "%s of %s"
              .formatted(NumberFormats.several(samples.longValue(), "sample"), config.sample()));
    }
    if (config.training().get("epochs") instanceof Number epochs) {
      words.add(NumberFormats.several(epochs.longValue(), "epoch"));
    }
    return words;
  }

  private static Element figure(String name, String value) {
    return Element.of("div", Element.of("dt", name), Element.of("dd", value));
  }
}
