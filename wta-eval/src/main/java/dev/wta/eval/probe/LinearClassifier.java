package dev.wta.eval.probe;

import dev.wta.api.WtaException;
import dev.wta.eval.scaling.FeatureScaling;
import dev.wta.eval.scaling.FittedScaling;
import dev.wta.eval.solver.DesignMatrix;
import dev.wta.eval.solver.NewtonSolver;
import dev.wta.models.Features;
import java.util.List;

/**
 * A linear classifier, fitted by a {@link LinearProbe}: a weight for each class and feature, the
 * scaling that the features go through first, and how C was chosen. It lives on the host and has
 * nothing to close.
 */
public final class LinearClassifier {
  private final FittedScaling scaling;
  private final double bias;
  private final int classes;
  private final double[] weights;
  private final double c;
  private final double trainError;
  private final List<GridScore> grid;
  private final NewtonSolver.Summary summary;

  LinearClassifier(
      FittedScaling scaling,
      double bias,
      int classes,
      double[] weights,
      double c,
      double trainError,
      List<GridScore> grid,
      NewtonSolver.Summary summary) {
    this.scaling = scaling;
    this.bias = bias;
    this.classes = classes;
    this.weights = weights;
    this.c = c;
    this.trainError = trainError;
    this.grid = grid;
    this.summary = summary;
  }

  /** A value of C and the error rate of its fit on the held-out samples. */
  public record GridScore(double c, double error) {}

  /**
   * The class of each sample.
   *
   * @throws WtaException if the features are not as many as those that were fitted, or give NaN
   */
  public int[] predict(Features features) {
    double[] scores = scores(features);
    int[] predicted = new int[features.samples()];
    for (int i = 0; i < predicted.length; i++) {
      predicted[i] = Predictions.of(scores, i, classes);
    }
    return predicted;
  }

  /**
   * The error rate: the fraction of the samples that are misclassified.
   *
   * @param labels {@code (samples)}; a class that was not among the training samples is never
   *     predicted
   */
  public double error(Features features, int[] labels) {
    return ConfusionMatrix.of(labels, predict(features)).error();
  }

  /**
   * The score of each sample for each class, row-major; the highest one is the prediction.
   *
   * @return {@code (samples, classes)}
   */
  public double[] scores(Features features) {
    if (features.width() != scaling.features()) {
      throw new WtaException(
          "the samples have %d features and the classifier was fitted to %d"
              .formatted(features.width(), scaling.features()),
          "give features that the same model made");
    }
    double[] scores = new double[Math.multiplyExact(features.samples(), classes)];
    try (DesignMatrix design = new DesignMatrix(features, scaling, bias, classes)) {
      design.scores(weights, scores);
    }
    for (int at = 0; at < scores.length; at++) {
      if (Double.isNaN(scores[at])) {
        throw new WtaException(
            "sample %d has features that are NaN, infinite or, under a square root, negative"
                .formatted(at / classes),
            "encode it with the model that the classifier was fitted to");
      }
    }
    return scores;
  }

  /** The C of the loss. */
  public double c() {
    return c;
  }

  /** The error rate on the training samples. */
  public double trainError() {
    return trainError;
  }

  /** The values of C that were tried, in rising order; empty where C was given. */
  public List<GridScore> grid() {
    return grid;
  }

  /** The number of features. */
  public int features() {
    return scaling.features();
  }

  /** The number of classes: the largest label plus 1. */
  public int classes() {
    return classes;
  }

  public FeatureScaling scaling() {
    return scaling.scaling();
  }

  /** The weights of the scaled features and, last in each row, of the bias feature. */
  public double[] weights() {
    return weights.clone();
  }

  /** What the last fit reached and what it took. */
  public NewtonSolver.Summary summary() {
    return summary;
  }
}
