package dev.wta.eval;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Walks a {@link CostChoice.Grid}, each fit from where the last one ended. */
final class CostSearch {
  /** Farther than this many decades beyond the grid's ends, C has stopped to matter. */
  private static final int MOST_DECADES_BEYOND = 6;

  private final CostChoice.Grid grid;
  private final NewtonSolver solver;
  private final ProbeLoss.Samples samples;
  private final ProbeListener listener;
  private final double[] gradientsAtZero;
  private final List<LinearClassifier.GridScore> scores = new ArrayList<>();
  private int bestIndex;
  private double bestError = Double.POSITIVE_INFINITY;
  private Iterate best;

  /**
   * @param samples those {@code used} are fitted, the others choose
   */
  CostSearch(
      CostChoice.Grid grid,
      NewtonSolver solver,
      ProbeLoss.Samples samples,
      ProbeListener listener) {
    this.grid = grid;
    this.solver = solver;
    this.samples = samples;
    this.listener = listener;
    this.gradientsAtZero = solver.gradientsAtZero(samples);
  }

  /**
   * What was found.
   *
   * @param at the fit to the samples that were not held out
   * @param scores of all values tried, in the order of C
   */
  record Found(double c, Iterate at, List<LinearClassifier.GridScore> scores) {}

  Found run(Iterate at) {
    Iterate first = null;
    int beyond = MOST_DECADES_BEYOND * grid.perDecade();
    for (int i = 0; i < grid.size() + beyond; i++) {
      boolean pastTheEnd = i >= grid.size() && bestIndex < i - 1;
      if (pastTheEnd || i - bestIndex > grid.patience()) {
        break;
      }
      tryValue(i, at);
      first = first == null ? at.copy() : first;
    }
    if (bestIndex == 0) {
      for (int i = -1; i >= -beyond && bestIndex == i + 1; i--) {
        tryValue(i, first);
      }
    }
    scores.sort(Comparator.comparingDouble(LinearClassifier.GridScore::c));
    return new Found(grid.value(bestIndex), best, List.copyOf(scores));
  }

  private void tryValue(int index, Iterate at) {
    double c = grid.value(index);
    String stage = "C = " + String.format(Locale.ROOT, "%.3g", c);
    long before = 100L * scores.size();
    long total = Math.max(100L * grid.size(), before + 100);
    solver.solve(
        samples.at(c),
        gradientsAtZero,
        at,
        part -> listener.progressed(stage, before + Math.round(100 * part), total));
    boolean[] held = new boolean[samples.count()];
    for (int i = 0; i < held.length; i++) {
      held[i] = !samples.used()[i];
    }
    double error = Predictions.error(at.scores(), samples.labels(), held, samples.classes());
    scores.add(new LinearClassifier.GridScore(c, error));
    if (error < bestError) {
      bestError = error;
      bestIndex = index;
      best = at.copy();
    }
  }
}
