package dev.wta.cli.job;

import dev.wta.eval.FeatureScaling;
import java.util.Optional;

/**
 * How features are to be judged.
 *
 * @param classifier which linear classifier
 * @param c the C of its loss; chosen on held-out training samples if empty
 * @param scaling what is done to the features first; the probe's default if empty
 */
public record ProbingRequest(
    Classifier classifier, Optional<Double> c, Optional<FeatureScaling> scaling) {

  /** The linear classifiers. */
  public enum Classifier {
    SVM,
    SOFTMAX
  }
}
