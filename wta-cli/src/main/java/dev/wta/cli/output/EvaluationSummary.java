package dev.wta.cli.output;

import dev.wta.cli.terminal.Counted;
import dev.wta.eval.EvaluationReport;
import dev.wta.eval.dictionary.DictionaryMetrics;
import dev.wta.eval.dictionary.FeatureDetection;
import dev.wta.eval.dictionary.Matching;
import dev.wta.eval.metrics.CodeMetrics;
import dev.wta.eval.metrics.ReconstructionMetrics;
import dev.wta.eval.sparse.SparseProbingResult;
import dev.wta.models.run.RunDirectory;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/** Prints an evaluation as a short table. */
public final class EvaluationSummary {
  private EvaluationSummary() {}

  public static void print(RunDirectory run, EvaluationReport report) {
    row("evaluation of", "%s (%s)".formatted(run.path(), run.config().family()));
    row(
        "data",
        "%s, %s"
            .formatted(report.data().get("name"), Counted.of(report.code().samples(), "sample")));
    report.reconstruction().ifPresent(made -> print(made, report.ownUnit()));
    print(report);
    report.against().ifPresent(EvaluationSummary::print);
    report.truth().ifPresent(truth -> print(report, truth));
    report.probing().ifPresent(EvaluationSummary::print);
  }

  private static void print(ReconstructionMetrics made, boolean ownUnit) {
    row(
        "reconstruction",
        "explained variance %.3f (mean over samples, as SAELens' legacy: %.3f)"
            .formatted(made.explainedVariance(), made.explainedVarianceLegacy()));
    row(
        "",
        "MSE %.4g%s, cosine %.3f"
            .formatted(
                made.meanSquaredError(), ownUnit ? "" : " after pre-processing", made.cosine()));
    row(
        "shrinkage",
        "ratio of norms %.3f, relative bias %.3f".formatted(made.normRatio(), made.relativeBias()));
  }

  private static void print(EvaluationReport report) {
    CodeMetrics code = report.code();
    List<Integer> l0 = code.l0Quantiles();
    row(
        "sparsity",
        "L0 %.1f (5 %% %,d, median %,d, 95 %% %,d), L1 %.4g"
            .formatted(code.l0(), l0.get(1), l0.get(3), l0.get(5), code.l1()));
    row(
        "latents",
        "%,d, %,d dead; active on more than 1 %% of samples %.1f %%, on more than 10 %% %.1f %%"
            .formatted(
                code.densities().size(),
                code.deadLatents(),
                100 * code.share(0.01),
                100 * code.share(0.1)));
    DictionaryMetrics dictionary = report.dictionary();
    row(
        "dictionary",
        "largest cosine of decoder rows %.3f%s"
            .formatted(
                DictionaryMetrics.mean(dictionary.decoderCosine()),
                dictionary
                    .encoderDecoderCosine()
                    .map(DictionaryMetrics::mean)
                    .map(mean -> String.format(Locale.ROOT, ", encoder and decoder %.3f", mean))
                    .orElse("")));
  }

  private static void print(EvaluationReport.Against other) {
    row("against", "%s (%s)".formatted(other.run(), other.family()));
    row(
        "",
        "MMCS %.3f, from the other side %.3f"
            .formatted(other.dictionary().mmcs(), other.dictionary().mmcsOfOther()));
    other.dictionary().matching().ifPresent(pairs -> row("", matched(pairs)));
  }

  private static String matched(Matching pairs) {
    return "one to one (Hungarian): mean cosine %.3f, over 0.7 %.1f %% of %,d pairs"
        .formatted(pairs.mean(), 100 * pairs.share(0.7), pairs.pairs());
  }

  private static void print(EvaluationReport report, EvaluationReport.Truth truth) {
    row("truth", "%s, %,d features".formatted(truth.dictionary(), truth.comparison().features()));
    String mcc =
        truth
            .comparison()
            .matching()
            .map(pairs -> String.format(Locale.ROOT, "MCC %.3f, ", pairs.mean()))
            .orElse("");
    row(
        "",
        "%suniqueness %.3f, MMCS %.3f, recovered (cosine over 0.9) %.1f %%"
            .formatted(
                mcc,
                truth.comparison().uniqueness(),
                truth.comparison().mmcs(),
                100 * truth.comparison().recovered()));
    Optional<FeatureDetection.Summary> detection = truth.detection();
    detection.ifPresent(
        found ->
            row(
                "",
                "F1 %.3f, precision %.3f, recall %.3f; L0 %.1f of %.1f true"
                    .formatted(
                        found.f1(),
                        found.precision(),
                        found.recall(),
                        report.code().l0(),
                        found.trueL0())));
  }

  private static void print(SparseProbingResult probing) {
    if (probing.classes().isEmpty()) {
      row("probing", "no class has enough samples");
      return;
    }
    StringBuilder text = new StringBuilder("accuracy");
    for (int i = 0; i < SparseProbingResult.K.size(); i++) {
      int at = i;
      text.append(
          "%s of %d latent%s"
              .formatted(
                  accuracy(probing.mean(each -> each.topAccuracy().get(at))),
                  SparseProbingResult.K.get(i),
                  SparseProbingResult.K.get(i) == 1 ? "," : "s,"));
    }
    text.append(
        "%s of all,%s of the inputs"
            .formatted(
                accuracy(probing.mean(SparseProbingResult.OfClass::codeAccuracy)),
                accuracy(probing.mean(SparseProbingResult.OfClass::inputAccuracy))));
    row("probing", text.toString());
    row(
        "",
        "AUROC of the best latent of each class %.3f (mean of %,d)"
            .formatted(
                probing.mean(each -> OptionalDouble.of(each.bestLatentAuroc())).orElse(Double.NaN),
                probing.classes().size()));
  }

  private static String accuracy(OptionalDouble value) {
    return value.isPresent() ? " %.1f %%".formatted(100 * value.getAsDouble()) : " -";
  }

  private static void row(String name, String value) {
    Output.writer().printf("%-14s  %s%n", name, value);
  }
}
