package dev.wta.eval.probe;

import dev.wta.models.Features;

/**
 * Fits a linear classifier to features, to measure their quality. Probes are immutable and may be
 * fitted any number of times; the same options, features and labels give the same classifier.
 */
public sealed interface LinearProbe permits LinearSvm, SoftmaxRegression {
  ProbeOptions options();

  /** What configurations call it: {@code svm} or {@code softmax}. */
  String name();

  /** The same kind of probe with other options. */
  LinearProbe with(ProbeOptions other);

  /**
   * Fits a classifier.
   *
   * @param train {@code (samples, features)}, not changed; needed no longer once this returns
   * @param labels {@code (samples)}: classes from 0
   * @throws dev.wta.api.WtaException if the labels do not go with the features, name fewer than two
   *     classes, or leave nothing to hold out, or if the features hold NaN or infinities
   */
  LinearClassifier fit(Features train, int[] labels);
}
