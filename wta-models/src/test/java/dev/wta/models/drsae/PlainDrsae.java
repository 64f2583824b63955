package dev.wta.models.drsae;

/**
 * The discriminative recurrent sparse autoencoder in double precision on arrays, a sample at a
 * time: its equations forwards, and their derivatives backwards through time.
 */
final class PlainDrsae {
  private static final double RECONSTRUCTION = 5;
  private static final double SPARSITY = 0.09;
  private static final double STABILISER = 1e-8;

  final double[][] e; // (units, inputs)
  final double[] b; // (units)
  final double[][] r; // (units, units)
  final double[][] d; // (units, inputs)
  final double[][] c; // (classes, units)
  private final int iterations;
  private int steps;

  PlainDrsae(double[][] e, double[] b, double[][] r, double[][] d, double[][] c, int iterations) {
    this.e = e;
    this.b = b;
    this.r = r;
    this.d = d;
    this.c = c;
    this.iterations = iterations;
  }

  /** What a batch's loss is the gradient of, parameter by parameter. */
  private final class Sums {
    final double[][] e = new double[PlainDrsae.this.e.length][PlainDrsae.this.e[0].length];
    final double[] b = new double[PlainDrsae.this.b.length];
    final double[][] r = new double[b.length][b.length];
    final double[][] d = new double[b.length][e[0].length];
    final double[][] c = new double[PlainDrsae.this.c.length][b.length];
  }

  /** The states of all iterations, the first being that of the start: {@code (T + 1, units)}. */
  double[][] states(double[] x) {
    double[][] z = new double[iterations + 1][b.length];
    for (int t = 0; t < iterations; t++) {
      for (int u = 0; u < b.length; u++) {
        z[t + 1][u] = Math.max(0, z[t][u] + dot(r[u], z[t]) + dot(e[u], x) + b[u]);
      }
    }
    return z;
  }

  /** The scores of the classes. */
  double[] scores(double[] x) {
    double[] z = states(x)[iterations];
    double length = Math.sqrt(dot(z, z) + STABILISER);
    double[] scores = new double[c.length];
    for (int k = 0; k < c.length; k++) {
      scores[k] = dot(c[k], z) / length;
    }
    return scores;
  }

  /**
   * One step on a batch, which answers the loss before it.
   *
   * @param labels the samples' classes; null in the first stage
   */
  double step(double[][] x, int[] labels, double rate) {
    Sums sums = new Sums();
    double loss = 0;
    for (int n = 0; n < x.length; n++) {
      loss += add(x[n], labels == null ? -1 : labels[n], sums);
    }
    double mean = rate / x.length;
    move(e, sums.e, mean / iterations);
    move(new double[][] {b}, new double[][] {sums.b}, mean / iterations);
    move(r, sums.r, mean / (iterations - 1));
    move(d, sums.d, mean);
    move(c, sums.c, mean / 5);
    steps++;
    if (steps % 5 == 0) {
      shorten(e, 1.25 / (iterations - 1));
      shorten(d, 1);
    }
    shorten(c, 5);
    return loss / x.length;
  }

  private double add(double[] x, int label, Sums sums) {
    double[][] z = states(x);
    double[] code = z[iterations];
    double[] ofCode = new double[code.length];
    double loss = 0;
    for (int i = 0; i < x.length; i++) {
      double error = -x[i];
      for (int u = 0; u < code.length; u++) {
        error += code[u] * d[u][i];
      }
      loss += RECONSTRUCTION * error * error / 2;
      for (int u = 0; u < code.length; u++) {
        sums.d[u][i] += RECONSTRUCTION * error * code[u];
        ofCode[u] += RECONSTRUCTION * error * d[u][i];
      }
    }
    for (int u = 0; u < code.length; u++) {
      loss += SPARSITY * code[u];
      ofCode[u] += code[u] > 0 ? SPARSITY : 0;
    }
    if (label >= 0) {
      loss += classify(x, code, label, ofCode, sums);
    }
    backThroughTime(x, z, ofCode, sums);
    return loss;
  }

  private double classify(double[] x, double[] code, int label, double[] ofCode, Sums sums) {
    double[] scores = scores(x);
    double total = 0;
    for (double score : scores) {
      total += Math.exp(score);
    }
    double length = Math.sqrt(dot(code, code) + STABILISER);
    for (int k = 0; k < c.length; k++) {
      double ofScore = Math.exp(scores[k]) / total - (k == label ? 1 : 0);
      for (int u = 0; u < code.length; u++) {
        sums.c[k][u] += ofScore * code[u] / length;
        ofCode[u] += ofScore * (c[k][u] / length - scores[k] * code[u] / (length * length));
      }
    }
    return Math.log(total) - scores[label];
  }

  private void backThroughTime(double[] x, double[][] z, double[] ofCode, Sums sums) {
    double[] ofState = ofCode;
    for (int t = iterations; t > 0; t--) {
      double[] ofEarlier = new double[b.length];
      for (int u = 0; u < b.length; u++) {
        if (z[t][u] > 0) {
          sums.b[u] += ofState[u];
          ofEarlier[u] += ofState[u];
          for (int i = 0; i < x.length; i++) {
            sums.e[u][i] += ofState[u] * x[i];
          }
          for (int v = 0; v < b.length; v++) {
            sums.r[u][v] += ofState[u] * z[t - 1][v];
            ofEarlier[v] += ofState[u] * r[u][v];
          }
        }
      }
      ofState = ofEarlier;
    }
  }

  private static void move(double[][] weights, double[][] gradient, double rate) {
    for (int u = 0; u < weights.length; u++) {
      for (int i = 0; i < weights[u].length; i++) {
        weights[u][i] -= rate * gradient[u][i];
      }
    }
  }

  private static void shorten(double[][] rows, double bound) {
    for (double[] row : rows) {
      double length = Math.sqrt(dot(row, row));
      for (int i = 0; i < row.length && length > bound; i++) {
        row[i] *= bound / length;
      }
    }
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }
}
