package dev.wta.eval.probe;

import java.util.List;

/**
 * The results of a probe with a number of labels, in plain components for JSON.
 *
 * @param labels the number of labelled samples
 * @param subsets which ones: {@code random}, {@code first} of each class, or {@code all}
 * @param mean the test error, the mean over the subsets
 * @param std the standard deviation of the test error over the subsets, that of a sample; 0 where
 *     all samples are labelled, so that there is but one subset; null where only one was asked for
 * @param draws each subset's outcome
 * @param seconds wall time of the fits
 */
public record FewLabelsResult(
    int labels, String subsets, double mean, Double std, List<Draw> draws, double seconds) {
  public FewLabelsResult {
    draws = List.copyOf(draws);
  }

  /**
   * One subset's outcome.
   *
   * @param testError the error rate on the test samples
   * @param c the C that was chosen by the subset's own labels, or given
   */
  public record Draw(double testError, double c) {}

  static FewLabelsResult of(int labels, String subsets, List<Draw> draws, double seconds) {
    double mean = draws.stream().mapToDouble(Draw::testError).average().orElseThrow();
    double squares = draws.stream().mapToDouble(draw -> Math.pow(draw.testError() - mean, 2)).sum();
    Double std = draws.size() > 1 ? Double.valueOf(Math.sqrt(squares / (draws.size() - 1))) : null;
    return new FewLabelsResult(labels, subsets, mean, std, draws, seconds);
  }
}
