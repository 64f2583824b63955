package dev.wta.cli.job;

import dev.wta.api.random.Seed;
import dev.wta.eval.scaling.FeatureScaling;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * How features are to be judged.
 *
 * @param classifier which linear classifier
 * @param c the C of its loss; chosen on held-out training samples if empty
 * @param scaling what is done to the features first; the probe's default if empty
 * @param fewLabels what is to be tried with fewer labels, if anything
 */
public record ProbingRequest(
    Classifier classifier,
    Optional<Double> c,
    Optional<FeatureScaling> scaling,
    Optional<Draws> fewLabels) {

  /** A probe with all labels, and with no fewer. */
  public ProbingRequest(
      Classifier classifier, Optional<Double> c, Optional<FeatureScaling> scaling) {
    this(classifier, c, scaling, Optional.empty());
  }

  /**
   * Draws of labelled samples.
   *
   * @param labels the numbers of labels
   * @param repeats draws for each number
   * @param seed what they are drawn by
   */
  public record Draws(List<Integer> labels, int repeats, Seed seed) {}

  /** The linear classifiers. */
  public enum Classifier {
    SVM,
    SOFTMAX;

    /** As it is written on the command line. */
    String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
