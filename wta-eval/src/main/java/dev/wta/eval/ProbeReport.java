package dev.wta.eval;

import dev.wta.data.Dataset;
import dev.wta.eval.metrics.SparsityMetrics;
import dev.wta.eval.probe.CostChoice;
import dev.wta.eval.probe.FewLabelsResult;
import dev.wta.eval.probe.LinearProbe;
import dev.wta.eval.probe.ProbeResult;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The results of a probe.
 *
 * @param of what was probed, for people
 * @param result the errors and how they were measured
 * @param testSamples the number of test samples
 * @param sparsity of the test samples' features; empty for raw samples
 * @param encodeSeconds the wall time of making the features, and of measuring the test samples'
 *     sparsity
 * @param fewLabels the results with fewer labels, in the order requested
 * @param provenance the classifier, and the data by name, size and digest
 */
public record ProbeReport(
    String of,
    ProbeResult result,
    int testSamples,
    Optional<SparsityMetrics> sparsity,
    double encodeSeconds,
    List<FewLabelsResult> fewLabels,
    Map<String, Object> provenance) {
  /** The standard error of the test error, taken as a binomial proportion. */
  public double standardError() {
    double error = result.testError();
    return Math.sqrt(error * (1 - error) / testSamples);
  }

  /** The numbers, as {@code wta probe --json} prints them. */
  public Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("testError", result.testError());
    map.put("testErrorStandardError", standardError());
    map.put("trainError", result.trainError());
    map.put("c", result.c());
    map.put("features", result.features());
    map.put("sparsity", sparsity.orElse(null));
    map.put("scaling", result.scaling());
    map.put("grid", result.grid());
    map.put("testErrorPerClass", result.testErrorPerClass());
    map.put("confusion", result.confusion());
    map.put("encodeSeconds", encodeSeconds);
    map.put("seconds", result.seconds());
    if (!fewLabels.isEmpty()) {
      map.put("fewLabels", fewLabels);
    }
    return map;
  }

  static Map<String, Object> provenance(
      String of,
      boolean raw,
      LinearProbe probe,
      Dataset train,
      Dataset test,
      Optional<Dataset> targets,
      ProbeLabels labels) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("of", of);
    map.put("raw", raw);
    map.put("classifier", probe.name());
    map.put("cChosen", probe.options().cost() instanceof CostChoice.Grid);
    map.put("train", describe(train));
    map.put("test", describe(test));
    targets.ifPresent(given -> map.put("target", describe(given)));
    if (!labels.renumbered().isEmpty()) {
      map.put("labelOfClass", labels.renumbered());
    }
    return map;
  }

  private static Map<String, Object> describe(Dataset data) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("name", data.name());
    map.put("samples", data.size());
    map.put("digest", data.digest());
    return map;
  }
}
