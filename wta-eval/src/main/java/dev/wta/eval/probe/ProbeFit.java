package dev.wta.eval.probe;

import dev.wta.api.ProgressListener;
import dev.wta.api.WtaException;
import dev.wta.data.LabelGaps;
import dev.wta.eval.scaling.FittedScaling;
import dev.wta.eval.solver.DesignMatrix;
import dev.wta.eval.solver.Iterate;
import dev.wta.eval.solver.NewtonSolver;
import dev.wta.eval.solver.ProbeLoss;
import dev.wta.eval.solver.RowSpan;
import dev.wta.models.Features;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Fits a linear probe: scales, chooses C where that is asked for, and solves. */
final class ProbeFit {
  private ProbeFit() {}

  static LinearClassifier fit(ProbeLoss loss, ProbeOptions options, Features train, int[] labels) {
    int classes = requireClasses(train, labels);
    boolean[] all = new boolean[labels.length];
    Arrays.fill(all, true);
    ProgressListener listener = options.listener();
    listener.progressed("measuring the features", 0, 1);
    FittedScaling scaling = FittedScaling.fit(options.scaling(), train);
    try (DesignMatrix design = new DesignMatrix(train, scaling, options.bias(), classes);
        NewtonSolver solver = new NewtonSolver(design, loss, options.tolerance())) {
      double c;
      Iterate at;
      List<LinearClassifier.GridScore> scores;
      switch (options.cost()) {
        case CostChoice.Fixed fixed -> {
          c = fixed.c();
          at = Iterate.zero(design);
          scores = List.of();
        }
        case CostChoice.Grid grid -> {
          List<ProbeLoss.Samples> splits = new ArrayList<>();
          for (int split = 0; split < grid.splits(); split++) {
            boolean[] fitted =
                HeldOut.fitted(labels, classes, grid.heldOut(), options.seed(), split);
            splits.add(new ProbeLoss.Samples(labels, fitted, classes, 1));
          }
          CostSearch.Found found = search(grid, design, loss, solver, options, splits);
          c = found.c();
          at = found.at();
          scores = found.scores();
        }
      }
      ProbeLoss.Samples samples = new ProbeLoss.Samples(labels, all, classes, c);
      NewtonSolver.Summary summary =
          solver.solve(
              samples,
              solver.gradientsAtZero(samples),
              at,
              part -> listener.progressed("fitting all samples", Math.round(100 * part), 100));
      double trainError = Predictions.error(at.scores(), labels, all, classes);
      return new LinearClassifier(
          scaling, options.bias(), classes, at.weights(), c, trainError, scores, summary);
    }
  }

  /** Tries values of C, on the small problem that few samples make, if they are few. */
  private static CostSearch.Found search(
      CostChoice.Grid grid,
      DesignMatrix design,
      ProbeLoss loss,
      NewtonSolver solver,
      ProbeOptions options,
      List<ProbeLoss.Samples> splits) {
    Optional<RowSpan> few = RowSpan.of(design);
    if (few.isEmpty()) {
      return new CostSearch(grid, solver, splits, options.listener()).run(Iterate.zero(design));
    }
    try (RowSpan span = few.get();
        NewtonSolver smaller = new NewtonSolver(span.small(), loss, options.tolerance())) {
      CostSearch.Found found =
          new CostSearch(grid, smaller, splits, options.listener()).run(Iterate.zero(span.small()));
      return new CostSearch.Found(found.c(), span.expand(found.at()), found.scores());
    }
  }

  private static int requireClasses(Features train, int[] labels) {
    if (labels.length != train.samples()) {
      throw new WtaException(
          "there are %d labels for the features of %d samples"
              .formatted(labels.length, train.samples()),
          "give the labels of the data that the features were made from");
    }
    int smallest = Arrays.stream(labels).min().orElse(0);
    int largest = Arrays.stream(labels).max().orElse(0);
    if (smallest < 0) {
      throw new WtaException("a label is " + smallest, "number the classes from 0");
    }
    if (Arrays.stream(labels).distinct().count() < 2) {
      throw new WtaException(
          "all %d training samples are of one class".formatted(labels.length),
          "give training samples of at least two classes");
    }
    LabelGaps.refuse(labels);
    return largest + 1;
  }
}
