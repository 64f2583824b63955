package dev.wta.eval.probe;

import dev.wta.api.ProgressListener;
import dev.wta.api.random.Seed;
import dev.wta.eval.scaling.FeatureScaling;

/**
 * The options of a linear probe.
 *
 * @param cost where C comes from
 * @param scaling what is done to the features first
 * @param bias the value of the bias feature, whose weight is regularised like any other; 0 for no
 *     bias
 * @param tolerance when a fit is done: the norm of the gradient as a part of what it is at weights
 *     of zero, times the part of the samples that the class (or the rest, if smaller) makes up.
 *     LIBLINEAR's {@code -e}, which there is 0.01
 * @param seed draws the held-out samples
 * @param listener receives the progress of the fit
 */
public record ProbeOptions(
    CostChoice cost,
    FeatureScaling scaling,
    double bias,
    double tolerance,
    Seed seed,
    ProgressListener listener) {
  public ProbeOptions {
    if (!(tolerance > 0 && tolerance < 1)) {
      throw new IllegalArgumentException("a tolerance lies in (0, 1), not " + tolerance);
    }
    if (!(bias >= 0) || Double.isInfinite(bias)) {
      throw new IllegalArgumentException("the bias feature is at least 0, not " + bias);
    }
  }

  /** C by the standard grid, features at unit mean norm, a bias of 1. */
  public static ProbeOptions defaults() {
    return new ProbeOptions(
        CostChoice.Grid.standard(),
        FeatureScaling.MEAN_NORM,
        1,
        1e-3,
        Seed.of(1),
        ProgressListener.SILENT);
  }

  public ProbeOptions withCost(CostChoice other) {
    return new ProbeOptions(other, scaling, bias, tolerance, seed, listener);
  }

  public ProbeOptions withScaling(FeatureScaling other) {
    return new ProbeOptions(cost, other, bias, tolerance, seed, listener);
  }

  public ProbeOptions withBias(double other) {
    return new ProbeOptions(cost, scaling, other, tolerance, seed, listener);
  }

  public ProbeOptions withTolerance(double other) {
    return new ProbeOptions(cost, scaling, bias, other, seed, listener);
  }

  public ProbeOptions withSeed(Seed other) {
    return new ProbeOptions(cost, scaling, bias, tolerance, other, listener);
  }

  public ProbeOptions withListener(ProgressListener other) {
    return new ProbeOptions(cost, scaling, bias, tolerance, seed, other);
  }
}
