package dev.wta.cli.job;

import dev.wta.eval.FewLabelsResult;
import dev.wta.eval.ProbeResult;
import dev.wta.eval.SparsityMetrics;
import java.util.List;
import java.util.Optional;

/**
 * What probing came to.
 *
 * @param of what was probed, for people
 * @param result the errors and how they came about
 * @param testSamples the number of test samples
 * @param sparsity of the test samples' features; empty for raw samples
 * @param encodeSeconds the wall time of making the features
 * @param fewLabels what fewer labels came to, in the order asked for
 */
public record ProbeReport(
    String of,
    ProbeResult result,
    int testSamples,
    Optional<SparsityMetrics> sparsity,
    double encodeSeconds,
    List<FewLabelsResult> fewLabels) {

  /** The standard error of the test error, taken as a binomial proportion. */
  public double standardError() {
    double error = result.testError();
    return Math.sqrt(error * (1 - error) / testSamples);
  }
}
