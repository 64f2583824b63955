package dev.wta.eval.report;

import dev.wta.eval.report.html.ChartFigures;
import dev.wta.eval.report.html.Element;
import dev.wta.eval.report.html.NumberFormats;
import dev.wta.eval.report.html.Section;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The section on the results of {@code wta evaluate}. They are validated, as another version of wta
 * may have written them.
 */
final class EvaluationSection {
  private EvaluationSection() {}

  /** The section; empty for a document without measures. */
  static Optional<Element> section(Map<String, Object> evaluation) {
    Map<?, ?> metrics = map(evaluation.get("eval_result_metrics"));
    List<Element> tables = new ArrayList<>();
    add(
        tables,
        "Reconstruction",
        List.of(
            row(metrics, "explained variance", "reconstruction_quality", "explained_variance"),
            row(
                metrics,
                "by the mean over samples",
                "reconstruction_quality",
                "explained_variance_legacy"),
            row(metrics, "mean squared error", "reconstruction_quality", "mse"),
            row(metrics, "cosine", "reconstruction_quality", "cossim"),
            row(metrics, "ratio of norms", "shrinkage", "l2_ratio"),
            row(metrics, "relative bias", "shrinkage", "relative_reconstruction_bias")));
    add(
        tables,
        "Sparsity and dictionary",
        List.of(
            row(metrics, "L0", "sparsity", "l0"),
            row(metrics, "L0, median", "sparsity", "l0_quantiles", "0.5"),
            row(metrics, "L1", "sparsity", "l1"),
            row(metrics, "dead latents", "misc_metrics", "dead_latents"),
            row(
                metrics,
                "share active on more than 1 % of samples",
                "misc_metrics",
                "freq_over_1_percent"),
            row(metrics, "share active on more than 10 %", "misc_metrics", "freq_over_10_percent"),
            row(
                metrics,
                "largest cosine of decoder rows",
                "misc_metrics",
                "average_max_decoder_cosine_sim"),
            row(
                metrics,
                "encoder and decoder",
                "misc_metrics",
                "average_encoder_decoder_cosine_sim")));
    add(
        tables,
        "Against " + map(metrics.get("against")).get("run"),
        List.of(
            row(metrics, "MMCS", "against", "mmcs"),
            row(metrics, "MMCS, from the other side", "against", "mmcs_of_other"),
            row(metrics, "mean cosine, one to one", "against", "hungarian", "mean_cosine_sim"),
            row(metrics, "share of pairs over 0.7", "against", "hungarian", "share_over_0.7")));
    add(
        tables,
        "Against the truth",
        List.of(
            row(metrics, "MCC", "truth", "mcc"),
            row(metrics, "F1", "truth", "classification", "f1_score"),
            row(metrics, "precision", "truth", "classification", "precision"),
            row(metrics, "recall", "truth", "classification", "recall"),
            row(metrics, "uniqueness", "truth", "uniqueness"),
            row(metrics, "MMCS", "truth", "mmcs"),
            row(metrics, "share recovered (cosine over 0.9)", "truth", "recovered_over_0.9")));
    add(
        tables,
        "Sparse probing, accuracy",
        List.of(
            row(metrics, "1 latent", "sparse_probing", "sae", "sae_top_1_test_accuracy"),
            row(metrics, "2 latents", "sparse_probing", "sae", "sae_top_2_test_accuracy"),
            row(metrics, "5 latents", "sparse_probing", "sae", "sae_top_5_test_accuracy"),
            row(metrics, "all latents", "sparse_probing", "sae", "sae_test_accuracy"),
            row(metrics, "the inputs", "sparse_probing", "llm", "llm_test_accuracy"),
            row(
                metrics,
                "AUROC of the best latent",
                "sparse_probing",
                "sae",
                "best_latent_auroc")));
    if (tables.isEmpty()) {
      return Optional.empty();
    }
    Element section = Section.of("evaluation", "Evaluation", Section.note(note(evaluation)));
    section.add(tables);
    double[] densities = densities(evaluation);
    if (densities.length > 0) {
      section.add(
          Element.of(
                  "div",
                  ChartFigures.figure(
                      ActivitySection.densities(densities),
                      "How many latents are active on which part of the samples; dead ones have no"
                          + " place on a logarithmic axis."))
              .with("class", "charts"));
    }
    return Optional.of(section);
  }

  private static String note(Map<String, Object> evaluation) {
    Map<?, ?> data = map(evaluation.get("data"));
    String samples =
        data.get("samples") instanceof Number count
            ? NumberFormats.several(count.longValue(), "sample")
            : "samples";
    String step =
        evaluation.get("step") instanceof Number at
            ? ", at step " + NumberFormats.count(at.longValue())
            : "";
    return "By wta evaluate on %s of %s%s.".formatted(samples, data.get("name"), step);
  }

  private static void add(List<Element> tables, String caption, List<Optional<Section.Pair>> rows) {
    List<Section.Pair> there = rows.stream().flatMap(Optional::stream).toList();
    if (!there.isEmpty()) {
      tables.add(Section.pairs(caption, there));
    }
  }

  /** A number by the names that lead to it; empty where it was not measured. */
  private static Optional<Section.Pair> row(Map<?, ?> metrics, String name, String... path) {
    Object value = metrics;
    for (String part : path) {
      value = map(value).get(part);
    }
    return value instanceof Number number
        ? Optional.of(new Section.Pair(name, NumberFormats.number(number.doubleValue())))
        : Optional.empty();
  }

  private static double[] densities(Map<String, Object> evaluation) {
    return evaluation.get("eval_result_details") instanceof List<?> latents
        ? latents.stream()
            .map(latent -> map(latent).get("feature_density"))
            .filter(Number.class::isInstance)
            .mapToDouble(density -> ((Number) density).doubleValue())
            .filter(density -> density > 0 && density <= 1)
            .toArray()
        : new double[0];
  }

  private static Map<?, ?> map(Object value) {
    return value instanceof Map<?, ?> map ? map : Map.of();
  }
}
