package dev.wta.eval.probe;

import dev.wta.api.ProgressListener;
import dev.wta.eval.scaling.FeatureScaling;
import dev.wta.eval.solver.SquaredHinge;
import dev.wta.models.Features;

/**
 * The linear support vector machine, one class against the rest: for each class the weights that
 * minimise {@code 1/2 |w|^2 + C sum over i of max(0, 1 - y_i w.x_i)^2}, where {@code x} ends with
 * the bias feature. The same minimum as LIBLINEAR's {@code L2R_L2LOSS_SVC}.
 *
 * <pre>{@code
 * LinearClassifier classifier = LinearSvm.choosingC().fit(model.encode(images), images.labels());
 * }</pre>
 */
public record LinearSvm(ProbeOptions options) implements LinearProbe {

  /** Chooses C on held-out training samples, see {@link CostChoice.Grid}. */
  public static LinearSvm choosingC() {
    return new LinearSvm(ProbeOptions.defaults());
  }

  /** Takes C as given. */
  public static LinearSvm withC(double c) {
    return new LinearSvm(ProbeOptions.defaults().withCost(new CostChoice.Fixed(c)));
  }

  /** The same machine with another scaling than {@link FeatureScaling#MEAN_NORM}. */
  public LinearSvm scaling(FeatureScaling scaling) {
    return new LinearSvm(options.withScaling(scaling));
  }

  /** Reports its progress to {@code listener}. */
  public LinearSvm listen(ProgressListener listener) {
    return new LinearSvm(options.withListener(listener));
  }

  @Override
  public String name() {
    return "svm";
  }

  @Override
  public LinearSvm with(ProbeOptions other) {
    return new LinearSvm(other);
  }

  @Override
  public LinearClassifier fit(Features train, int[] labels) {
    return ProbeFit.fit(new SquaredHinge(), options, train, labels);
  }
}
