package dev.wta.cli.output;

import dev.wta.eval.ProbeReport;
import dev.wta.eval.metrics.SparsityMetrics;
import dev.wta.eval.probe.FewLabelsResult;
import dev.wta.eval.probe.ProbeResult;
import java.util.DoubleSummaryStatistics;
import java.util.List;

/** Prints a probe's errors: a short table, or JSON. */
public final class ProbeSummary {
  private ProbeSummary() {}

  public static void print(ProbeReport report, boolean chosen) {
    ProbeResult result = report.result();
    row("probe of", report.of());
    row(
        "test error",
        "%.2f %% ± %.2f %%  (%,d of %,d)"
            .formatted(
                100 * result.testError(),
                100 * report.standardError(),
                Math.round(result.testError() * report.testSamples()),
                report.testSamples()));
    row("train error", "%.2f %%".formatted(100 * result.trainError()));
    String how = chosen ? "  (chosen on held-out training samples)" : "";
    row("C", "%.4g%s".formatted(result.c(), how));
    row("features", "%,d; scaling %s".formatted(result.features(), result.scaling()));
    report.sparsity().ifPresent(sparsity -> row("activity", describe(sparsity)));
    row(
        "seconds",
        "%.1f encoding, %.1f fitting".formatted(report.encodeSeconds(), result.seconds()));
    if (!report.fewLabels().isEmpty()) {
      printFewLabels(report.fewLabels());
    }
  }

  private static void printFewLabels(List<FewLabelsResult> results) {
    Output.writer().printf("%n%10s  %18s  %5s  %s%n", "labels", "test error", "draws", "C");
    for (FewLabelsResult result : results) {
      String error =
          result.std() == null
              ? "%.2f %%".formatted(100 * result.mean())
              : "%.2f %% ± %.2f %%".formatted(100 * result.mean(), 100 * result.std());
      Output.writer()
          .printf(
              "%,10d  %18s  %5d  %s%n",
              result.labels(), error, result.draws().size(), costs(result));
    }
  }

  private static String costs(FewLabelsResult result) {
    DoubleSummaryStatistics costs =
        result.draws().stream().mapToDouble(FewLabelsResult.Draw::c).summaryStatistics();
    return costs.getMin() == costs.getMax()
        ? "%.3g".formatted(costs.getMin())
        : "%.3g to %.3g".formatted(costs.getMin(), costs.getMax());
  }

  private static String describe(SparsityMetrics sparsity) {
    String active =
        "%.1f %% of a sample's features, %,d dead"
            .formatted(100 * sparsity.density(), sparsity.deadUnits());
    return Double.isNaN(sparsity.explainedVariance())
        ? active
        : "%s; explained variance %.3f".formatted(active, sparsity.explainedVariance());
  }

  private static void row(String name, String value) {
    Output.writer().printf("%-12s  %s%n", name, value);
  }
}
