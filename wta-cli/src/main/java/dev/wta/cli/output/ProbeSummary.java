package dev.wta.cli.output;

import dev.wta.eval.ProbeReport;
import dev.wta.eval.metrics.SparsityMetrics;
import dev.wta.eval.probe.FewLabelsResult;
import dev.wta.eval.probe.ProbeResult;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Optional;

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
    report.sparsity().ifPresent(sparsity -> row("activity", features(sparsity)));
    report.sparsity().flatMap(ProbeSummary::decoded).ifPresent(code -> row("decoded code", code));
    row(
        "seconds",
        "%.1f encoding, %.1f fitting".formatted(report.encodeSeconds(), result.seconds()));
    if (!report.fewLabels().isEmpty()) {
      printFewLabels(report.fewLabels());
    }
  }

  private static void printFewLabels(List<FewLabelsResult> results) {
    Output.writer().printf("%n%10s  %18s  %9s  %s%n", "labels", "test error", "subsets", "C");
    for (FewLabelsResult result : results) {
      String error =
          result.std() == null
              ? "%.2f %%".formatted(100 * result.mean())
              : "%.2f %% ± %.2f %%".formatted(100 * result.mean(), 100 * result.std());
      Output.writer()
          .printf("%,10d  %18s  %9s  %s%n", result.labels(), error, subsets(result), costs(result));
    }
  }

  private static String subsets(FewLabelsResult result) {
    int count = result.draws().size();
    return count == 1 ? result.subsets() : "%d %s".formatted(count, result.subsets());
  }

  private static String costs(FewLabelsResult result) {
    DoubleSummaryStatistics costs =
        result.draws().stream().mapToDouble(FewLabelsResult.Draw::c).summaryStatistics();
    return costs.getMin() == costs.getMax()
        ? "%.3g".formatted(costs.getMin())
        : "%.3g to %.3g".formatted(costs.getMin(), costs.getMax());
  }

  private static String features(SparsityMetrics sparsity) {
    return "L0 %.1f (%.1f %% of a sample's features), %,d dead"
        .formatted(sparsity.l0(), 100 * sparsity.density(), sparsity.deadUnits());
  }

  /** The code that was decoded and what was made of it; empty where nothing was, or no variance. */
  private static Optional<String> decoded(SparsityMetrics sparsity) {
    return Double.isNaN(sparsity.explainedVariance())
        ? Optional.empty()
        : Optional.of(
            "L0 %.1f, explained variance %.3f (mean over samples, as SAELens' legacy: %.3f)"
                .formatted(
                    sparsity.decodedL0(),
                    sparsity.explainedVariance(),
                    sparsity.explainedVarianceLegacy()));
  }

  private static void row(String name, String value) {
    Output.writer().printf("%-12s  %s%n", name, value);
  }
}
