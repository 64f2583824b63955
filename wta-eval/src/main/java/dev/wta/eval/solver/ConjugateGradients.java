package dev.wta.eval.solver;

import java.util.Arrays;

/**
 * Conjugate gradients on the groups' linear systems, all in step: one product with the matrix
 * serves every group that still needs it.
 */
final class ConjugateGradients {
  private final VectorGroups groups;
  private final int maxIterations;
  private final double[] residual;
  private final double[] direction;
  private final double[] product;
  private final double[] preconditioned;

  ConjugateGradients(VectorGroups groups, int maxIterations) {
    this.groups = groups;
    this.maxIterations = maxIterations;
    residual = groups.vector();
    direction = groups.vector();
    product = groups.vector();
    preconditioned = groups.vector();
  }

  /** A symmetric positive definite matrix for each group. */
  @FunctionalInterface
  interface Operator {
    /** The matrix that changes nothing. */
    Operator IDENTITY = (x, out) -> System.arraycopy(x, 0, out, 0, x.length);

    /** {@code out = A x}. */
    void apply(double[] x, double[] out);
  }

  /**
   * Solves {@code A x = -gradient} to {@code |A x + gradient| <= tolerance |gradient|}, or as far
   * as the iterations allow.
   *
   * @param inverse near the matrix's inverse: the nearer, the fewer iterations
   * @param tolerance {@code (groups)}; NaN leaves a group out, its {@code x} is 0
   * @param x overwritten
   * @return the iterations, the most that any group took
   */
  int solve(Operator matrix, Operator inverse, double[] gradient, double[] tolerance, double[] x) {
    double[] target = new double[groups.count()];
    double[] square = new double[groups.count()]; // of the residual, by the inverse's measure
    boolean[] open = new boolean[groups.count()];
    Arrays.fill(x, 0);
    for (int g = 0; g < groups.count(); g++) {
      groups.clear(g, residual);
      if (!Double.isNaN(tolerance[g])) {
        groups.add(g, -1, gradient, residual);
      }
      double norm = groups.norm(g, residual);
      target[g] = tolerance[g] * norm;
      open[g] = norm > 0; // not where it was left out
    }
    inverse.apply(residual, direction);
    for (int g = 0; g < groups.count(); g++) {
      square[g] = groups.dot(g, residual, direction);
    }
    int iterations = 0;
    while (VectorGroups.any(open) && iterations < maxIterations) {
      iterations++;
      matrix.apply(direction, product);
      for (int g = 0; g < groups.count(); g++) {
        if (open[g]) {
          double step = square[g] / groups.dot(g, direction, product);
          groups.add(g, step, direction, x);
          groups.add(g, -step, product, residual);
          open[g] = groups.norm(g, residual) > target[g];
        }
        if (!open[g]) {
          groups.clear(g, direction);
        }
      }
      inverse.apply(residual, preconditioned);
      for (int g = 0; g < groups.count(); g++) {
        if (open[g]) {
          double next = groups.dot(g, residual, preconditioned);
          groups.addTo(g, preconditioned, next / square[g], direction);
          square[g] = next;
        }
      }
    }
    return iterations;
  }
}
