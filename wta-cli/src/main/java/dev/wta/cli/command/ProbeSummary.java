package dev.wta.cli.command;

import dev.wta.cli.Output;
import dev.wta.cli.job.ProbeReport;
import dev.wta.eval.ProbeResult;
import dev.wta.eval.SparsityMetrics;
import java.util.LinkedHashMap;
import java.util.Map;

/** Says what probing came to: a short table, or JSON. */
final class ProbeSummary {
  private ProbeSummary() {}

  static void print(ProbeReport report, boolean chosen) {
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
  }

  private static String describe(SparsityMetrics sparsity) {
    return "%.1f %% of a sample's features, %,d dead; explained variance %.3f"
        .formatted(100 * sparsity.density(), sparsity.deadUnits(), sparsity.explainedVariance());
  }

  private static void row(String name, String value) {
    Output.writer().printf("%-12s  %s%n", name, value);
  }

  static Map<String, Object> toJson(ProbeReport report) {
    ProbeResult result = report.result();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("testError", result.testError());
    json.put("testErrorStandardError", report.standardError());
    json.put("trainError", result.trainError());
    json.put("c", result.c());
    json.put("features", result.features());
    json.put("sparsity", report.sparsity().orElse(null));
    json.put("scaling", result.scaling());
    json.put("grid", result.grid());
    json.put("testErrorPerClass", result.testErrorPerClass());
    json.put("confusion", result.confusion());
    json.put("encodeSeconds", report.encodeSeconds());
    json.put("seconds", result.seconds());
    return json;
  }
}
