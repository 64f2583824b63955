package dev.wta.eval;

import dev.wta.models.Features;

/**
 * Multinomial logistic regression: the weights that minimise {@code 1/2 |W|^2 + C sum over i of
 * -log softmax(W x_i)[label_i]}, where {@code x} ends with the bias feature.
 */
public record SoftmaxProbe(ProbeOptions options) implements LinearProbe {

  /** Chooses C on held-out training samples, see {@link CostChoice.Grid}. */
  public static SoftmaxProbe choosingC() {
    return new SoftmaxProbe(ProbeOptions.defaults());
  }

  /** Takes C as given. */
  public static SoftmaxProbe withC(double c) {
    return new SoftmaxProbe(ProbeOptions.defaults().withCost(new CostChoice.Fixed(c)));
  }

  /** The same probe with another scaling than {@link FeatureScaling#MEAN_NORM}. */
  public SoftmaxProbe scaling(FeatureScaling scaling) {
    return new SoftmaxProbe(options.withScaling(scaling));
  }

  /** Reports its progress to {@code listener}. */
  public SoftmaxProbe listen(ProbeListener listener) {
    return new SoftmaxProbe(options.withListener(listener));
  }

  @Override
  public SoftmaxProbe with(ProbeOptions other) {
    return new SoftmaxProbe(other);
  }

  @Override
  public LinearClassifier fit(Features train, int[] labels) {
    return ProbeFit.fit(new SoftmaxLoss(), options, train, labels);
  }
}
