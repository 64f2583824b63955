package dev.wta.eval.probe;

import dev.wta.api.ProgressListener;
import dev.wta.eval.scaling.FeatureScaling;
import dev.wta.eval.solver.SoftmaxLoss;
import dev.wta.models.Features;

/**
 * Multinomial logistic regression: the weights that minimise {@code 1/2 |W|^2 + C sum over i of
 * -log softmax(W x_i)[label_i]}, where {@code x} ends with the bias feature.
 */
public record SoftmaxRegression(ProbeOptions options) implements LinearProbe {

  /** Chooses C on held-out training samples, see {@link CostChoice.Grid}. */
  public static SoftmaxRegression choosingC() {
    return new SoftmaxRegression(ProbeOptions.defaults());
  }

  /** Takes C as given. */
  public static SoftmaxRegression withC(double c) {
    return new SoftmaxRegression(ProbeOptions.defaults().withCost(new CostChoice.Fixed(c)));
  }

  /** The same probe with another scaling than {@link FeatureScaling#MEAN_NORM}. */
  public SoftmaxRegression scaling(FeatureScaling scaling) {
    return new SoftmaxRegression(options.withScaling(scaling));
  }

  /** Reports its progress to {@code listener}. */
  public SoftmaxRegression listen(ProgressListener listener) {
    return new SoftmaxRegression(options.withListener(listener));
  }

  @Override
  public String name() {
    return "softmax";
  }

  @Override
  public SoftmaxRegression with(ProbeOptions other) {
    return new SoftmaxRegression(other);
  }

  @Override
  public LinearClassifier fit(Features train, int[] labels) {
    return ProbeFit.fit(new SoftmaxLoss(), options, train, labels);
  }
}
