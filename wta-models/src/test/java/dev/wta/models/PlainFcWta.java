package dev.wta.models;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * FC-WTA with one hidden layer and Adam, in double precision on arrays, straight from the
 * equations: an implementation that shares nothing with the one it checks.
 */
final class PlainFcWta {
  private static final double BETA1 = 0.9;
  private static final double BETA2 = 0.999;

  private final double rate;
  private final double sparsity;
  private final boolean tied;
  private final double[][] encoder; // (units, inputs)
  private final double[] encoderBias;
  private final double[][] decoder; // (units, inputs), the encoder itself if tied
  private final double[] decoderBias;
  private final List<double[]> parameters = new ArrayList<>();
  private final List<double[]> means = new ArrayList<>();
  private final List<double[]> squares = new ArrayList<>();
  private int steps;

  /**
   * @param ownDecoder the decoder's weights, unless they are the encoder's
   */
  PlainFcWta(double[][] encoder, Optional<double[][]> ownDecoder, double sparsity, double rate) {
    this.encoder = encoder;
    this.decoder = ownDecoder.orElse(encoder);
    this.tied = ownDecoder.isEmpty();
    this.encoderBias = new double[encoder.length];
    this.decoderBias = new double[encoder[0].length];
    this.sparsity = sparsity;
    this.rate = rate;
    parameters.addAll(List.of(encoder));
    if (!tied) {
      parameters.addAll(List.of(decoder));
    }
    parameters.add(encoderBias);
    parameters.add(decoderBias);
    for (double[] parameter : parameters) {
      means.add(new double[parameter.length]);
      squares.add(new double[parameter.length]);
    }
  }

  /** One step on a batch; answers the loss before it. */
  double step(double[][] x) {
    int samples = x.length;
    int units = encoder.length;
    int inputs = decoderBias.length;
    double[][] code = winners(x);
    double[][] error = new double[samples][inputs];
    double loss = 0;
    for (int n = 0; n < samples; n++) {
      for (int j = 0; j < inputs; j++) {
        double y = decoderBias[j];
        for (int u = 0; u < units; u++) {
          y += code[n][u] * decoder[u][j];
        }
        error[n][j] = y - x[n][j];
        loss += error[n][j] * error[n][j] / samples;
      }
    }
    double[][] encoderGradient = new double[units][inputs];
    double[][] decoderGradient = tied ? encoderGradient : new double[units][inputs];
    double[] encoderBiasGradient = new double[units];
    double[] decoderBiasGradient = new double[inputs];
    for (int n = 0; n < samples; n++) {
      for (int j = 0; j < inputs; j++) {
        decoderBiasGradient[j] += 2 * error[n][j] / samples;
      }
      for (int u = 0; u < units; u++) {
        if (code[n][u] > 0) {
          double codeGradient = 0;
          for (int j = 0; j < inputs; j++) {
            codeGradient += 2 * error[n][j] / samples * decoder[u][j];
          }
          encoderBiasGradient[u] += codeGradient;
          for (int j = 0; j < inputs; j++) {
            decoderGradient[u][j] += code[n][u] * 2 * error[n][j] / samples;
            encoderGradient[u][j] += codeGradient * x[n][j];
          }
        }
      }
    }
    List<double[]> gradients = new ArrayList<>(List.of(encoderGradient));
    if (!tied) {
      gradients.addAll(List.of(decoderGradient));
    }
    gradients.add(encoderBiasGradient);
    gradients.add(decoderBiasGradient);
    adam(gradients);
    return loss;
  }

  /** The rectified code with all but each unit's largest activations over the batch set to 0. */
  private double[][] winners(double[][] x) {
    int samples = x.length;
    int k = (int) Math.max(1, Math.floor(sparsity * samples + 0.5));
    double[][] code = new double[samples][encoder.length];
    for (int u = 0; u < encoder.length; u++) {
      double[] activation = new double[samples];
      List<Integer> order = new ArrayList<>();
      for (int n = 0; n < samples; n++) {
        double sum = encoderBias[u];
        for (int j = 0; j < x[n].length; j++) {
          sum += encoder[u][j] * x[n][j];
        }
        activation[n] = Math.max(0, sum);
        order.add(n);
      }
      order.sort(Comparator.comparingDouble(n -> -activation[n]));
      for (int n : order.subList(0, Math.min(k, samples))) {
        code[n][u] = activation[n];
      }
    }
    return code;
  }

  private void adam(List<double[]> gradients) {
    steps++;
    for (int p = 0; p < parameters.size(); p++) {
      double[] parameter = parameters.get(p);
      double[] mean = means.get(p);
      double[] square = squares.get(p);
      for (int i = 0; i < parameter.length; i++) {
        double g = gradients.get(p)[i];
        mean[i] = BETA1 * mean[i] + (1 - BETA1) * g;
        square[i] = BETA2 * square[i] + (1 - BETA2) * g * g;
        double unbiasedMean = mean[i] / (1 - Math.pow(BETA1, steps));
        double unbiasedSquare = square[i] / (1 - Math.pow(BETA2, steps));
        parameter[i] -= rate * unbiasedMean / (Math.sqrt(unbiasedSquare) + 1e-8);
      }
    }
  }
}
