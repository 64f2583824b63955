package dev.wta.eval.solver;

import java.util.Arrays;

/**
 * Vectors that are several vectors in one: {@code count} of length {@code size}, end to end. Each
 * is a minimisation problem of its own, and all are advanced together so that they share the passes
 * over the data.
 */
record VectorGroups(int count, int size) {
  double[] vector() {
    return new double[count * size];
  }

  double dot(int group, double[] x, double[] y) {
    int from = group * size;
    int to = from + size;
    double even = 0; // two sums: the additions of one need not wait for the other's
    double odd = 0;
    int i = from;
    for (; i + 1 < to; i += 2) {
      even += x[i] * y[i];
      odd += x[i + 1] * y[i + 1];
    }
    return i < to ? even + odd + x[i] * y[i] : even + odd;
  }

  double norm(int group, double[] x) {
    return Math.sqrt(dot(group, x, x));
  }

  /** {@code y_g += scale * x_g}. */
  void add(int group, double scale, double[] x, double[] y) {
    for (int i = group * size; i < (group + 1) * size; i++) {
      y[i] += scale * x[i];
    }
  }

  /** {@code y_g = x_g + scale * y_g}. */
  void addTo(int group, double[] x, double scale, double[] y) {
    for (int i = group * size; i < (group + 1) * size; i++) {
      y[i] = x[i] + scale * y[i];
    }
  }

  void clear(int group, double[] x) {
    Arrays.fill(x, group * size, (group + 1) * size, 0);
  }

  /** Whether any group is flagged. */
  static boolean any(boolean[] flags) {
    for (boolean flag : flags) {
      if (flag) {
        return true;
      }
    }
    return false;
  }
}
