package dev.wta.models.rbm;

import dev.wta.api.random.Philox;
import dev.wta.models.fc.PlainFcWta;
import java.util.function.IntFunction;

/**
 * The winner-take-all RBM with momentum, in double precision on arrays, straight from contrastive
 * divergence's rule: what it adds to the weights is {@code <q v'> - <P(h|v_k) v_k'>}. Only the
 * random numbers are those of the implementation that it checks.
 */
public final class PlainRbm {
  private static final double MOMENTUM = 0.9;

  private final double[][] weight; // (units, inputs)
  private final double[] hiddenBias;
  private final double[] visibleBias;
  private final double[][] weightVelocity;
  private final double[] hiddenVelocity;
  private final double[] visibleVelocity;
  private final double lifetime;
  private final int plainSteps;
  private final int gibbsSteps;
  private final double rate;
  private double[][] chains;
  private int steps;

  /**
   * @param lifetime the share of each unit's probabilities that survive; 1 for all
   * @param plainSteps the first steps, in which all survive
   * @param chains {@code (chains, inputs)} if they persist, or none
   */
  public PlainRbm(
      double[][] weight,
      double lifetime,
      int plainSteps,
      int gibbsSteps,
      double[][] chains,
      double rate) {
    this.weight = weight;
    this.lifetime = lifetime;
    this.plainSteps = plainSteps;
    this.gibbsSteps = gibbsSteps;
    this.chains = chains;
    this.rate = rate;
    hiddenBias = new double[weight.length];
    visibleBias = new double[weight[0].length];
    weightVelocity = new double[weight.length][weight[0].length];
    hiddenVelocity = new double[weight.length];
    visibleVelocity = new double[weight[0].length];
  }

  /**
   * One step.
   *
   * @param hiddenDraws the random numbers that sample the hidden units in the i-th Gibbs step
   * @param visibleDraws the same for the inputs
   * @return the reconstruction error of the batch before the step
   */
  public double step(
      double[][] x, IntFunction<Philox> hiddenDraws, IntFunction<Philox> visibleDraws) {
    for (int j = 0; j < visibleBias.length && steps == 0; j++) {
      double mean = Math.min(Math.max(mean(x, j), 0.01), 0.99);
      visibleBias[j] = Math.log(mean / (1 - mean));
    }
    double[][] positive = steps++ < plainSteps ? hidden(x) : winners(hidden(x));
    double[][] drive = chains.length == 0 ? positive : hidden(chains);
    double[][] visible = null;
    for (int i = 0; i < gibbsSteps; i++) {
      if (visible != null) {
        drive = hidden(visible);
      }
      visible = visible(sampled(drive, hiddenDraws.apply(i)));
      if (chains.length > 0) {
        visible = sampled(visible, visibleDraws.apply(i));
      }
    }
    if (chains.length > 0) {
      chains = visible;
    }
    double error = squaredDistance(visible(positive), x) / x.length;
    double[][] negative = hidden(visible);
    for (int u = 0; u < weight.length; u++) {
      for (int j = 0; j < visibleBias.length; j++) {
        double rise = correlation(positive, u, x, j) - correlation(negative, u, visible, j);
        weightVelocity[u][j] = MOMENTUM * weightVelocity[u][j] + rate * rise;
        weight[u][j] += weightVelocity[u][j];
      }
      hiddenVelocity[u] =
          MOMENTUM * hiddenVelocity[u] + rate * (mean(positive, u) - mean(negative, u));
      hiddenBias[u] += hiddenVelocity[u];
    }
    for (int j = 0; j < visibleBias.length; j++) {
      visibleVelocity[j] = MOMENTUM * visibleVelocity[j] + rate * (mean(x, j) - mean(visible, j));
      visibleBias[j] += visibleVelocity[j];
    }
    return error;
  }

  private double[][] winners(double[][] probabilities) {
    return lifetime == 1
        ? probabilities
        : product(probabilities, PlainFcWta.lifetime(lifetime).of(probabilities));
  }

  private static double[][] product(double[][] a, double[][] b) {
    double[][] c = new double[a.length][a[0].length];
    for (int n = 0; n < a.length; n++) {
      for (int u = 0; u < a[0].length; u++) {
        c[n][u] = a[n][u] * b[n][u];
      }
    }
    return c;
  }

  private double[][] hidden(double[][] visible) {
    double[][] probabilities = new double[visible.length][weight.length];
    for (int n = 0; n < visible.length; n++) {
      for (int u = 0; u < weight.length; u++) {
        double drive = hiddenBias[u];
        for (int j = 0; j < visibleBias.length; j++) {
          drive += weight[u][j] * visible[n][j];
        }
        probabilities[n][u] = 1 / (1 + Math.exp(-drive));
      }
    }
    return probabilities;
  }

  private double[][] visible(double[][] hidden) {
    double[][] probabilities = new double[hidden.length][visibleBias.length];
    for (int n = 0; n < hidden.length; n++) {
      for (int j = 0; j < visibleBias.length; j++) {
        double drive = visibleBias[j];
        for (int u = 0; u < weight.length; u++) {
          drive += weight[u][j] * hidden[n][u];
        }
        probabilities[n][j] = 1 / (1 + Math.exp(-drive));
      }
    }
    return probabilities;
  }

  private static double[][] sampled(double[][] probabilities, Philox draws) {
    int width = probabilities[0].length;
    double[][] bits = new double[probabilities.length][width];
    for (int n = 0; n < bits.length; n++) {
      for (int i = 0; i < width; i++) {
        bits[n][i] = draws.uniform((long) n * width + i) < probabilities[n][i] ? 1 : 0;
      }
    }
    return bits;
  }

  private static double correlation(double[][] a, int column, double[][] b, int other) {
    double sum = 0;
    for (int n = 0; n < a.length; n++) {
      sum += a[n][column] * b[n][other];
    }
    return sum / a.length;
  }

  private static double mean(double[][] matrix, int column) {
    double sum = 0;
    for (double[] row : matrix) {
      sum += row[column];
    }
    return sum / matrix.length;
  }

  private static double squaredDistance(double[][] a, double[][] b) {
    double sum = 0;
    for (int n = 0; n < a.length; n++) {
      for (int j = 0; j < a[0].length; j++) {
        sum += (a[n][j] - b[n][j]) * (a[n][j] - b[n][j]);
      }
    }
    return sum;
  }
}
