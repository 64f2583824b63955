package dev.wta.models.sae;

import java.util.List;

/** The equations of JumpReLU, see {@link PlainSae}. */
final class PlainJumpReluSae extends PlainSae {
  private final Learnt logThresholds; // (units, 1)
  private final double sparsity;
  private final double bandwidth;

  PlainJumpReluSae(
      List<double[][]> parameters,
      double variance,
      double rate,
      double sparsity,
      double bandwidth) {
    super(parameters, variance, rate, 0);
    logThresholds = learnt(parameters.get(4));
    this.sparsity = sparsity;
    this.bandwidth = bandwidth;
  }

  @Override
  double loss(double[][] x) {
    double[][] u = preActivations(x);
    double[][] code = new double[x.length][units()];
    double loss = 0;
    for (int n = 0; n < x.length; n++) {
      for (int i = 0; i < units(); i++) {
        if (u[n][i] > Math.exp(logThresholds.value[i][0])) {
          code[n][i] = u[n][i];
          loss += sparsity / x.length;
        }
      }
    }
    double share = 1 / (x.length * variance);
    for (int n = 0; n < x.length; n++) {
      double[] y = drawn(code[n], units());
      double[] gradient = new double[units()];
      for (int j = 0; j < y.length; j++) {
        double error = y[j] - x[n][j];
        loss += share * error * error;
        centre.gradient[j][0] += 2 * share * error;
        for (int i = 0; i < units(); i++) {
          decoder.gradient[i][j] += 2 * share * error * code[n][i];
          gradient[i] += 2 * share * error * decoder.value[i][j];
        }
      }
      for (int i = 0; i < units(); i++) {
        double threshold = Math.exp(logThresholds.value[i][0]);
        if (code[n][i] > 0) {
          learn(i, gradient[i], x[n]);
        }
        if (Math.abs(u[n][i] - threshold) < bandwidth / 2) {
          double ofThreshold = -threshold / bandwidth * gradient[i];
          double ofCount = -sparsity / x.length / bandwidth;
          logThresholds.gradient[i][0] += threshold * (ofThreshold + ofCount);
        }
      }
    }
    return loss;
  }
}
