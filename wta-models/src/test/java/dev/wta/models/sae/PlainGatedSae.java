package dev.wta.models.sae;

import java.util.List;

/** The equations of the gated autoencoder, see {@link PlainSae}. */
final class PlainGatedSae extends PlainSae {
  private final Learnt logScale; // (units, 1)
  private final Learnt magnitudeBias; // (units, 1)
  private final double sparsity;

  PlainGatedSae(List<double[][]> parameters, double variance, double rate, double sparsity) {
    super(parameters, variance, rate, 0);
    logScale = learnt(parameters.get(4));
    magnitudeBias = learnt(parameters.get(5));
    this.sparsity = sparsity;
  }

  @Override
  double loss(double[][] x) {
    double share = 1 / (x.length * variance);
    double l1 = sparsity / (x.length * Math.sqrt(variance));
    double loss = 0;
    for (int n = 0; n < x.length; n++) {
      double[] gates = new double[units()];
      double[] magnitudes = new double[units()];
      double[] drives = new double[units()];
      for (int u = 0; u < units(); u++) {
        drives[u] = dot(encoder.value[u], centred(x[n]));
        gates[u] = Math.max(0, drives[u] + encoderBias.value[u][0]);
        double sum = Math.exp(logScale.value[u][0]) * drives[u] + magnitudeBias.value[u][0];
        magnitudes[u] = gates[u] > 0 ? Math.max(0, sum) : 0;
        loss += l1 * gates[u];
      }
      double[] y = drawn(magnitudes, units());
      double[] ofGates = drawn(gates, units());
      double[] magnitudeGradient = new double[units()];
      double[] gateGradient = new double[units()];
      for (int j = 0; j < y.length; j++) {
        double error = y[j] - x[n][j];
        double gateError = ofGates[j] - x[n][j];
        loss += share * (error * error + gateError * gateError);
        centre.gradient[j][0] += 2 * share * error;
        for (int u = 0; u < units(); u++) {
          decoder.gradient[u][j] += 2 * share * error * magnitudes[u];
          magnitudeGradient[u] += 2 * share * error * decoder.value[u][j];
          gateGradient[u] += 2 * share * gateError * decoder.value[u][j];
        }
      }
      for (int u = 0; u < units(); u++) {
        if (gates[u] > 0) {
          learn(u, gateGradient[u] + l1, x[n]);
        }
        if (magnitudes[u] > 0) {
          double scale = Math.exp(logScale.value[u][0]);
          magnitudeBias.gradient[u][0] += magnitudeGradient[u];
          logScale.gradient[u][0] += magnitudeGradient[u] * scale * drives[u];
          learnDrive(u, magnitudeGradient[u] * scale, x[n]);
        }
      }
    }
    return loss;
  }
}
