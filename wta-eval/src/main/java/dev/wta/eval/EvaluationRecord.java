package dev.wta.eval;

import dev.wta.eval.dictionary.DictionaryComparison;
import dev.wta.eval.dictionary.DictionaryMetrics;
import dev.wta.eval.dictionary.FeatureDetection;
import dev.wta.eval.dictionary.Matching;
import dev.wta.eval.metrics.CodeMetrics;
import dev.wta.eval.metrics.ReconstructionMetrics;
import dev.wta.eval.sparse.SparseProbingResult;
import dev.wta.models.run.RunDirectory;
import dev.wta.models.run.TrainingState;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * An evaluation as JSON, as it is written to the run's folder. A number that SAEBench has, too, is
 * where SAEBench has it, by its name; one of known truth has the name that SAELens gives it. What
 * was not measured is null.
 */
public final class EvaluationRecord {
  private static final int SCHEMA = 1;

  private EvaluationRecord() {}

  /**
   * Keeps an evaluation in its run's folder, in place of an earlier one.
   *
   * @return the file
   * @throws dev.wta.api.WtaException if it cannot be written
   */
  public static Path keep(RunDirectory run, EvaluationReport report) {
    return run.keepEvaluation(document(run, report));
  }

  /** The document, as {@code wta evaluate --json} prints it. */
  public static Map<String, Object> document(RunDirectory run, EvaluationReport report) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("schema", SCHEMA);
    document.put("at", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    document.put("step", run.state().map(TrainingState::step).orElse(null));
    document.put("run", run.path().toString());
    document.put("family", run.config().family());
    document.put("data", report.data());
    document.put("eval_result_metrics", metrics(report));
    document.put("eval_result_details", details(report));
    return document;
  }

  private static Map<String, Object> metrics(EvaluationReport report) {
    Map<String, Object> metrics = new LinkedHashMap<>();
    Optional<ReconstructionMetrics> made = report.reconstruction();
    metrics.put("reconstruction_quality", made.map(m -> quality(m, report.ownUnit())).orElse(null));
    metrics.put("shrinkage", made.map(EvaluationRecord::shrinkage).orElse(null));
    metrics.put("sparsity", sparsity(report));
    metrics.put(
        "token_stats", Map.of("total_tokens_eval_sparsity_variance", report.code().samples()));
    metrics.put("misc_metrics", misc(report));
    report.against().ifPresent(other -> metrics.put("against", against(other)));
    report.truth().ifPresent(truth -> metrics.put("truth", truth(report, truth)));
    report.probing().ifPresent(probing -> metrics.put("sparse_probing", probing(probing)));
    return metrics;
  }

  private static Map<String, Object> quality(ReconstructionMetrics made, boolean ownUnit) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("explained_variance", number(made.explainedVariance()));
    map.put("explained_variance_legacy", number(made.explainedVarianceLegacy()));
    map.put("mse", number(made.meanSquaredError()));
    map.put("cossim", number(made.cosine()));
    map.put("own_unit", ownUnit);
    return map;
  }

  private static Map<String, Object> shrinkage(ReconstructionMetrics made) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("l2_norm_in", number(made.inputNorm()));
    map.put("l2_norm_out", number(made.outputNorm()));
    map.put("l2_ratio", number(made.normRatio()));
    map.put("relative_reconstruction_bias", number(made.relativeBias()));
    return map;
  }

  private static Map<String, Object> sparsity(EvaluationReport report) {
    CodeMetrics code = report.code();
    Map<String, Object> quantiles = new LinkedHashMap<>();
    for (int i = 0; i < CodeMetrics.QUANTILES.size(); i++) {
      quantiles.put(CodeMetrics.QUANTILES.get(i).toString(), code.l0Quantiles().get(i));
    }
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("l0", code.l0());
    map.put("l1", code.l1());
    map.put("l0_quantiles", quantiles);
    map.put("decoded_l0", number(report.decodedL0()));
    return map;
  }

  private static Map<String, Object> misc(EvaluationReport report) {
    CodeMetrics code = report.code();
    DictionaryMetrics dictionary = report.dictionary();
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("freq_over_1_percent", code.share(0.01));
    map.put("freq_over_10_percent", code.share(0.1));
    map.put("normalized_freq_over_1_percent", code.activationShare(0.01));
    map.put("normalized_freq_over_10_percent", code.activationShare(0.1));
    map.put("average_max_encoder_cosine_sim", mean(dictionary.encoderCosine()));
    map.put("average_max_decoder_cosine_sim", DictionaryMetrics.mean(dictionary.decoderCosine()));
    map.put("average_encoder_decoder_cosine_sim", mean(dictionary.encoderDecoderCosine()));
    map.put("frac_alive", 1 - code.deadLatents() / (double) code.densities().size());
    map.put("latents", code.densities().size());
    map.put("dead_latents", code.deadLatents());
    return map;
  }

  private static Double mean(Optional<List<Double>> values) {
    return values.map(DictionaryMetrics::mean).orElse(null);
  }

  private static Map<String, Object> against(EvaluationReport.Against other) {
    DictionaryComparison dictionary = other.dictionary();
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("run", other.run());
    map.put("family", other.family());
    map.put("shared_initialisation", other.sharedInitialisation());
    map.put("latents", dictionary.otherLatents());
    map.put("mmcs", dictionary.mmcs());
    map.put("mmcs_of_other", dictionary.mmcsOfOther());
    map.put("hungarian", dictionary.matching().map(EvaluationRecord::matching).orElse(null));
    return map;
  }

  private static Map<String, Object> matching(Matching matching) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("pairs", matching.pairs());
    map.put("mean_cosine_sim", matching.mean());
    map.put("median_cosine_sim", matching.median());
    map.put("share_over_0.7", matching.share(0.7));
    map.put("share_over_0.9", matching.share(0.9));
    return map;
  }

  private static Map<String, Object> truth(EvaluationReport report, EvaluationReport.Truth truth) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("dictionary", truth.dictionary());
    map.put("features", truth.comparison().features());
    map.put("true_l0", truth.detection().map(FeatureDetection.Summary::trueL0).orElse(null));
    map.put("sae_l0", report.code().l0());
    map.put("dead_latents", report.code().deadLatents());
    map.put("shrinkage", report.reconstruction().map(m -> number(m.normRatio())).orElse(null));
    map.put(
        "explained_variance",
        report.reconstruction().map(m -> number(m.explainedVariance())).orElse(null));
    map.put("mcc", truth.comparison().matching().map(Matching::mean).orElse(null));
    map.put("uniqueness", truth.comparison().uniqueness());
    map.put("classification", truth.detection().map(EvaluationRecord::detection).orElse(null));
    map.put("mmcs", truth.comparison().mmcs());
    map.put("recovered_over_0.9", truth.comparison().recovered());
    return map;
  }

  private static Map<String, Object> detection(FeatureDetection.Summary summary) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("precision", summary.precision());
    map.put("recall", summary.recall());
    map.put("f1_score", summary.f1());
    map.put("accuracy", summary.accuracy());
    return map;
  }

  private static Map<String, Object> probing(SparseProbingResult probing) {
    Map<String, Object> sae = new LinkedHashMap<>();
    sae.put("sae_test_accuracy", number(probing.mean(SparseProbingResult.OfClass::codeAccuracy)));
    for (int i = 0; i < SparseProbingResult.K.size(); i++) {
      int at = i;
      sae.put(topName(i), number(probing.mean(each -> each.topAccuracy().get(at))));
    }
    sae.put(
        "best_latent_auroc",
        number(probing.mean(each -> OptionalDouble.of(each.bestLatentAuroc()))));
    Map<String, Object> llm = new LinkedHashMap<>();
    llm.put("llm_test_accuracy", number(probing.mean(SparseProbingResult.OfClass::inputAccuracy)));
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("samples", probing.samples());
    map.put("llm", llm);
    map.put("sae", sae);
    map.put("classes", probing.classes().stream().map(EvaluationRecord::ofClass).toList());
    return map;
  }

  private static String topName(int i) {
    return "sae_top_%d_test_accuracy".formatted(SparseProbingResult.K.get(i));
  }

  private static Map<String, Object> ofClass(SparseProbingResult.OfClass each) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("class", each.label());
    map.put("train_samples", each.trainSamples());
    map.put("test_samples", each.testSamples());
    map.put("llm_test_accuracy", number(each.inputAccuracy()));
    map.put("sae_test_accuracy", number(each.codeAccuracy()));
    for (int i = 0; i < each.topAccuracy().size(); i++) {
      map.put(topName(i), number(each.topAccuracy().get(i)));
    }
    map.put("best_latent", each.bestLatent());
    map.put("best_latent_auroc", number(each.bestLatentAuroc()));
    return map;
  }

  /** A row a latent. Cosines are there where latents are the decoder's rows. */
  private static List<Map<String, Object>> details(EvaluationReport report) {
    List<Double> densities = report.code().densities();
    DictionaryMetrics dictionary = report.dictionary();
    boolean rows = dictionary.decoderCosine().size() == densities.size();
    List<Map<String, Object>> details = new ArrayList<>(densities.size());
    for (int i = 0; i < densities.size(); i++) {
      int latent = i;
      Map<String, Object> map = new LinkedHashMap<>();
      map.put("index", i);
      map.put("feature_density", densities.get(i));
      if (rows) {
        dictionary
            .encoderDecoderCosine()
            .ifPresent(all -> map.put("encoder_decoder_cosine_sim", all.get(latent)));
        map.put("max_decoder_cosine_sim", dictionary.decoderCosine().get(i));
        dictionary
            .encoderCosine()
            .ifPresent(all -> map.put("max_encoder_cosine_sim", all.get(latent)));
      }
      details.add(map);
    }
    return details;
  }

  private static Double number(double value) {
    return Double.isFinite(value) ? value : null;
  }

  private static Double number(OptionalDouble value) {
    return value.isPresent() ? number(value.getAsDouble()) : null;
  }
}
