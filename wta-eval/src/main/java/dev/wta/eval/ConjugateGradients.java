package dev.wta.eval;

import java.util.Arrays;

/**
 * Conjugate gradients on the groups' linear systems, all in step: one product with the matrix
 * serves every group that still needs it.
 */
final class ConjugateGradients {
  private final Groups groups;
  private final int maxIterations;
  private final double[] residual;
  private final double[] direction;
  private final double[] product;

  ConjugateGradients(Groups groups, int maxIterations) {
    this.groups = groups;
    this.maxIterations = maxIterations;
    residual = groups.vector();
    direction = groups.vector();
    product = groups.vector();
  }

  /** A symmetric positive definite matrix for each group. */
  @FunctionalInterface
  interface Operator {
    /** {@code out = A x}. */
    void apply(double[] x, double[] out);
  }

  /**
   * Solves {@code A x = -gradient} to {@code |A x + gradient| <= tolerance |gradient|}, or as far
   * as the iterations allow.
   *
   * @param tolerance {@code (groups)}; NaN leaves a group out, its {@code x} is 0
   * @param x overwritten
   * @return the iterations, the most that any group took
   */
  int solve(Operator matrix, double[] gradient, double[] tolerance, double[] x) {
    double[] target = new double[groups.count()];
    double[] square = new double[groups.count()];
    boolean[] open = new boolean[groups.count()];
    Arrays.fill(x, 0);
    for (int g = 0; g < groups.count(); g++) {
      groups.clear(g, residual);
      if (!Double.isNaN(tolerance[g])) {
        groups.add(g, -1, gradient, residual);
      }
      square[g] = groups.dot(g, residual, residual);
      target[g] = tolerance[g] * Math.sqrt(square[g]);
      open[g] = square[g] > 0; // not where it was left out
    }
    System.arraycopy(residual, 0, direction, 0, residual.length);
    int iterations = 0;
    while (Groups.any(open) && iterations < maxIterations) {
      iterations++;
      matrix.apply(direction, product);
      for (int g = 0; g < groups.count(); g++) {
        if (open[g]) {
          advance(g, x, square, target, open);
        }
      }
    }
    return iterations;
  }

  private void advance(int g, double[] x, double[] square, double[] target, boolean[] open) {
    double step = square[g] / groups.dot(g, direction, product);
    groups.add(g, step, direction, x);
    groups.add(g, -step, product, residual);
    double next = groups.dot(g, residual, residual);
    if (Math.sqrt(next) <= target[g]) {
      open[g] = false;
      groups.clear(g, direction);
    } else {
      groups.addTo(g, residual, next / square[g], direction);
    }
    square[g] = next;
  }
}
