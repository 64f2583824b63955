package dev.wta.eval.solver;

import java.util.Arrays;

/**
 * Finds, for each group on its own, the step along a direction where the convex objective is
 * lowest: Newton's method on its derivative, kept within a bracket. It costs no pass over the
 * features, since the scores along the line are known.
 */
final class LineSearch {
  /** The line's slope is brought down to this part of what it was. */
  private static final double PRECISION = 0.01;

  private static final int MAX_TRIALS = 40;

  private LineSearch() {}

  /** The objective's first and second derivative along the line, at one step a group. */
  @FunctionalInterface
  interface Line {
    /** A group whose step is NaN is left out. */
    void derivatives(double[] step, double[] slope, double[] curvature);
  }

  /**
   * The best steps.
   *
   * @param open which groups to search; the others get step 0
   */
  static double[] minimise(Line line, boolean[] open) {
    int groups = open.length;
    double[] step = new double[groups];
    double[] slope = new double[groups];
    double[] curvature = new double[groups];
    line.derivatives(step, slope, curvature);
    double[] target = new double[groups];
    double[] low = new double[groups];
    double[] high = new double[groups];
    double[] trial = new double[groups];
    Arrays.fill(high, Double.POSITIVE_INFINITY);
    for (int g = 0; g < groups; g++) {
      target[g] = PRECISION * Math.abs(slope[g]);
      boolean downhill = open[g] && slope[g] < 0;
      trial[g] = downhill ? 1 : Double.NaN;
    }
    for (int i = 0; i < MAX_TRIALS && anySearching(trial); i++) {
      line.derivatives(trial, slope, curvature);
      for (int g = 0; g < groups; g++) {
        if (Double.isNaN(trial[g])) {
          continue;
        }
        step[g] = trial[g];
        if (Math.abs(slope[g]) <= target[g]) {
          trial[g] = Double.NaN;
          continue;
        }
        if (slope[g] < 0) {
          low[g] = trial[g];
        } else {
          high[g] = trial[g];
        }
        trial[g] = next(trial[g] - slope[g] / curvature[g], low[g], high[g]);
      }
    }
    return step;
  }

  private static double next(double newton, double low, double high) {
    if (newton > low && newton < high) {
      return newton;
    }
    return high == Double.POSITIVE_INFINITY ? 2 * low + 1 : (low + high) / 2;
  }

  private static boolean anySearching(double[] trial) {
    for (double step : trial) {
      if (!Double.isNaN(step)) {
        return true;
      }
    }
    return false;
  }
}
