package dev.wta.eval.probe;

import dev.wta.api.ProgressListener;
import dev.wta.eval.solver.Iterate;
import dev.wta.eval.solver.NewtonSolver;
import dev.wta.eval.solver.ProbeLoss;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * Walks a {@link CostChoice.Grid}, each fit from where the last one ended. Where there are several
 * splits into fitted and held-out samples, each value of C is tried on all of them.
 */
final class CostSearch {
  /** Farther than this many decades beyond the grid's ends, C has stopped to matter. */
  private static final int MOST_DECADES_BEYOND = 6;

  /** Into how many parts the progress of a fit is divided. */
  private static final int PARTS = 20;

  private final CostChoice.Grid grid;
  private final NewtonSolver solver;
  private final List<Split> splits;
  private final ProgressListener listener;
  private final List<LinearClassifier.GridScore> scores = new ArrayList<>();
  private int bestIndex;
  private double bestError = Double.POSITIVE_INFINITY;
  private Iterate best;

  /**
   * @param splits the samples, the same each time: those {@code used} are fitted, the others choose
   */
  CostSearch(
      CostChoice.Grid grid,
      NewtonSolver solver,
      List<ProbeLoss.Samples> splits,
      ProgressListener listener) {
    this.grid = grid;
    this.solver = solver;
    this.splits =
        splits.stream().map(split -> new Split(split, solver.gradientsAtZero(split))).toList();
    this.listener = listener;
  }

  @SuppressWarnings("ArrayRecordComponent") // a carrier of columns, never compared
  private record Split(ProbeLoss.Samples samples, double[] gradientsAtZero) {
    /** The error rate of a fit on the samples held out. */
    double error(Iterate at) {
      boolean[] held = new boolean[samples.count()];
      for (int i = 0; i < held.length; i++) {
        held[i] = !samples.used()[i];
      }
      return Predictions.error(at.scores(), samples.labels(), held, samples.classes());
    }
  }

  /**
   * What was found.
   *
   * @param at the fit to the samples that were not held out, those of the first split
   * @param scores of all values tried, in the order of C
   */
  record Found(double c, Iterate at, List<LinearClassifier.GridScore> scores) {}

  /**
   * @param start where the first fits begin
   */
  Found run(Iterate start) {
    List<Iterate> at = copies(Collections.nCopies(splits.size(), start));
    List<Iterate> first = null;
    int beyond = MOST_DECADES_BEYOND * grid.perDecade();
    for (int i = 0; i < grid.size() + beyond; i++) {
      boolean pastTheEnd = i >= grid.size() && bestIndex < i - 1;
      if (pastTheEnd || i - bestIndex > grid.patience()) {
        break;
      }
      tryValue(i, at);
      first = first == null ? copies(at) : first;
    }
    if (bestIndex == 0) {
      for (int i = -1; i >= -beyond && bestIndex == i + 1; i--) {
        tryValue(i, first);
      }
    }
    scores.sort(Comparator.comparingDouble(LinearClassifier.GridScore::c));
    return new Found(grid.value(bestIndex), best, List.copyOf(scores));
  }

  private void tryValue(int index, List<Iterate> at) {
    double c = grid.value(index);
    double errors = 0;
    for (int s = 0; s < splits.size(); s++) {
      Split split = splits.get(s);
      solver.solve(split.samples().at(c), split.gradientsAtZero(), at.get(s), progress(c, s));
      errors += split.error(at.get(s));
    }
    double error = errors / splits.size();
    scores.add(new LinearClassifier.GridScore(c, error));
    if (error < bestError) {
      bestError = error;
      bestIndex = index;
      best = at.getFirst().copy();
    }
  }

  /** Each value is a stage of its own: what one took says little of how long the next will. */
  private NewtonSolver.Progress progress(double c, int split) {
    String stage =
        String.format(
            Locale.ROOT,
            "C = %.3g, value %d of about %d",
            c,
            scores.size() + 1,
            Math.max(grid.size(), scores.size() + 1));
    long before = (long) PARTS * split;
    long total = (long) PARTS * splits.size();
    return part -> listener.progressed(stage, before + Math.round(PARTS * part), total);
  }

  private static List<Iterate> copies(List<Iterate> iterates) {
    return iterates.stream().map(Iterate::copy).toList();
  }
}
