package dev.wta.models.sae;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** The equations of TopK, BatchTopK and Matryoshka, see {@link PlainSae}. */
final class PlainWinnerSae extends PlainSae {
  private final int k;
  private final boolean ofBatch;
  private final int[] ends;
  private final int kAux;
  private final int deadAfter;

  /** Whether some step drew what was missed from dead units. */
  boolean revived;

  /**
   * @param ofBatch whether samples compete with one another
   * @param ends where each prefix of the units ends; the last one is their number
   */
  PlainWinnerSae(
      List<double[][]> parameters,
      double variance,
      double rate,
      int k,
      boolean ofBatch,
      int[] ends,
      int kAux,
      int deadAfter) {
    super(parameters, variance, rate, 0.9);
    this.k = k;
    this.ofBatch = ofBatch;
    this.ends = ends;
    this.kAux = kAux;
    this.deadAfter = deadAfter;
  }

  @Override
  double loss(double[][] x) {
    int samples = x.length;
    double[][] activations = preActivations(x);
    for (double[] row : activations) {
      Arrays.setAll(row, u -> Math.max(0, row[u]));
    }
    double[][] code = ofBatch ? largestOfAll(activations, k * samples) : largest(activations, k);
    boolean someDead = Arrays.stream(silence).anyMatch(count -> count >= deadAfter);
    countSilence(code);
    double loss = 0;
    double share = 1.0 / (samples * ends.length * variance);
    for (int n = 0; n < samples; n++) {
      double[] gradient = new double[units()];
      for (int end : ends) {
        double[] y = drawn(code[n], end);
        for (int j = 0; j < y.length; j++) {
          double error = y[j] - x[n][j];
          loss += share * error * error;
          centre.gradient[j][0] += 2 * share * error;
          for (int u = 0; u < end; u++) {
            decoder.gradient[u][j] += 2 * share * error * code[n][u];
            gradient[u] += 2 * share * error * decoder.value[u][j];
          }
        }
      }
      for (int u = 0; u < units(); u++) {
        if (code[n][u] > 0) {
          learn(u, gradient[u], x[n]);
        }
      }
    }
    return someDead ? loss + revival(x, activations, code) : loss;
  }

  private double revival(double[][] x, double[][] activations, double[][] code) {
    double[][] ofDead = new double[x.length][units()];
    for (int n = 0; n < x.length; n++) {
      for (int u = 0; u < units(); u++) {
        ofDead[n][u] = silence[u] >= deadAfter ? activations[n][u] : 0;
      }
    }
    double[][] auxiliary = largest(ofDead, kAux);
    double share = 1.0 / 32 / (x.length * variance);
    double loss = 0;
    for (int n = 0; n < x.length; n++) {
      double[] y = drawn(code[n], units());
      double[] gradient = new double[units()];
      for (int j = 0; j < y.length; j++) {
        double error = y[j] - x[n][j]; // of e' against x - y
        for (int u = 0; u < units(); u++) {
          error += auxiliary[n][u] * decoder.value[u][j];
        }
        loss += share * error * error;
        for (int u = 0; u < units(); u++) {
          decoder.gradient[u][j] += 2 * share * error * auxiliary[n][u];
          gradient[u] += 2 * share * error * decoder.value[u][j];
        }
      }
      for (int u = 0; u < units(); u++) {
        if (auxiliary[n][u] > 0) {
          revived = true;
          learn(u, gradient[u], x[n]);
        }
      }
    }
    return loss;
  }

  private static double[][] largest(double[][] rows, int count) {
    double[][] kept = new double[rows.length][];
    Arrays.setAll(kept, n -> largestOfAll(new double[][] {rows[n]}, count)[0]);
    return kept;
  }

  private static double[][] largestOfAll(double[][] rows, int count) {
    int width = rows[0].length;
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < rows.length * width; i++) {
      order.add(i);
    }
    order.sort(Comparator.comparingDouble(i -> -rows[i / width][i % width]));
    double[][] kept = new double[rows.length][width];
    for (int i : order.subList(0, Math.min(count, order.size()))) {
      kept[i / width][i % width] = rows[i / width][i % width];
    }
    return kept;
  }
}
