package dev.wta.models.sae;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What the sparse autoencoders have in common, in double precision on arrays, straight from the
 * equations and without a thought for sparsity: it shares nothing with what it checks.
 */
abstract class PlainSae {
  private static final double EPSILON = 6.25e-10;

  /** A parameter, its gradient and what Adam remembers of it. */
  static final class Learnt {
    final double[][] value;
    final double[][] gradient;
    private final double[][] mean;
    private final double[][] square;

    Learnt(double[][] value) {
      this.value = value;
      gradient = zeros(value);
      mean = zeros(value);
      square = zeros(value);
    }

    private static double[][] zeros(double[][] like) {
      double[][] zeros = new double[like.length][];
      Arrays.setAll(zeros, i -> new double[like[i].length]);
      return zeros;
    }
  }

  final Learnt encoder; // (units, inputs)
  final Learnt encoderBias; // (units, 1)
  final Learnt decoder; // (units, inputs)
  final Learnt centre; // (inputs, 1)
  final double variance;
  final int[] silence; // (units)
  private final List<Learnt> parameters = new ArrayList<>();
  private final double rate;
  private final double beta1;
  private int steps;

  /**
   * @param parameters a model's values: W, b, D, c, each a matrix
   */
  PlainSae(List<double[][]> parameters, double variance, double rate, double beta1) {
    encoder = learnt(parameters.get(0));
    encoderBias = learnt(parameters.get(1));
    decoder = learnt(parameters.get(2));
    centre = learnt(parameters.get(3));
    this.variance = variance;
    this.rate = rate;
    this.beta1 = beta1;
    silence = new int[units()];
  }

  final Learnt learnt(double[][] value) {
    Learnt learnt = new Learnt(value);
    parameters.add(learnt);
    return learnt;
  }

  final int units() {
    return encoder.value.length;
  }

  /** The loss of a batch; adds its gradients. */
  abstract double loss(double[][] x);

  /** One step on a batch; answers the loss before it. */
  final double step(double[][] x) {
    for (Learnt parameter : parameters) {
      for (double[] row : parameter.gradient) {
        Arrays.fill(row, 0);
      }
    }
    double loss = loss(x);
    takeOutParallelPart();
    adam();
    for (double[] row : decoder.value) {
      double length = Math.sqrt(dot(row, row));
      Arrays.setAll(row, j -> row[j] / length);
    }
    return loss;
  }

  static double dot(double[] x, double[] y) {
    double sum = 0;
    for (int j = 0; j < x.length; j++) {
      sum += x[j] * y[j];
    }
    return sum;
  }

  final double[] centred(double[] x) {
    double[] centred = new double[x.length];
    Arrays.setAll(centred, j -> x[j] - centre.value[j][0]);
    return centred;
  }

  /** {@code W (x - c) + b} for each sample. */
  final double[][] preActivations(double[][] x) {
    double[][] all = new double[x.length][units()];
    for (int n = 0; n < x.length; n++) {
      for (int u = 0; u < units(); u++) {
        all[n][u] = dot(encoder.value[u], centred(x[n])) + encoderBias.value[u][0];
      }
    }
    return all;
  }

  /** {@code z D + c} of the units before {@code end}. */
  final double[] drawn(double[] code, int end) {
    double[] y = new double[centre.value.length];
    Arrays.setAll(y, j -> centre.value[j][0]);
    for (int u = 0; u < end; u++) {
      for (int j = 0; j < y.length; j++) {
        y[j] += code[u] * decoder.value[u][j];
      }
    }
    return y;
  }

  /** Adds what a gradient of the sum {@code W_u (x - c)} brings. */
  final void learnDrive(int unit, double gradient, double[] x) {
    for (int j = 0; j < x.length; j++) {
      encoder.gradient[unit][j] += gradient * (x[j] - centre.value[j][0]);
      centre.gradient[j][0] -= gradient * encoder.value[unit][j];
    }
  }

  /** Adds what a gradient of a unit's pre-activation brings. */
  final void learn(int unit, double gradient, double[] x) {
    encoderBias.gradient[unit][0] += gradient;
    learnDrive(unit, gradient, x);
  }

  final void countSilence(double[][] code) {
    for (int u = 0; u < units(); u++) {
      silence[u] += code.length;
      for (double[] row : code) {
        if (row[u] > 0) {
          silence[u] = 0;
        }
      }
    }
  }

  private void takeOutParallelPart() {
    for (int u = 0; u < units(); u++) {
      double[] gradient = decoder.gradient[u];
      double[] row = decoder.value[u];
      double share = dot(gradient, row) / dot(row, row);
      for (int j = 0; j < row.length; j++) {
        gradient[j] -= share * row[j];
      }
    }
  }

  private void adam() {
    steps++;
    for (Learnt learnt : parameters) {
      for (int i = 0; i < learnt.value.length; i++) {
        for (int j = 0; j < learnt.value[i].length; j++) {
          double g = learnt.gradient[i][j];
          learnt.mean[i][j] = beta1 * learnt.mean[i][j] + (1 - beta1) * g;
          learnt.square[i][j] = 0.999 * learnt.square[i][j] + 0.001 * g * g;
          double mean = learnt.mean[i][j] / (1 - Math.pow(beta1, steps));
          double square = learnt.square[i][j] / (1 - Math.pow(0.999, steps));
          learnt.value[i][j] -= rate * mean / (Math.sqrt(square) + EPSILON);
        }
      }
    }
  }
}
