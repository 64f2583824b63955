package dev.wta.eval.solver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.wta.api.backend.Backend;
import dev.wta.api.backend.BackendOptions;
import dev.wta.api.backend.Backends;
import dev.wta.eval.probe.CostChoice;
import dev.wta.eval.probe.HeldOut;
import dev.wta.eval.probe.LabelledPoints;
import dev.wta.eval.probe.LinearClassifier;
import dev.wta.eval.probe.LinearSvm;
import dev.wta.eval.probe.Predictions;
import dev.wta.eval.probe.ProbeOptions;
import dev.wta.eval.scaling.FeatureScaling;
import dev.wta.eval.scaling.FittedScaling;
import dev.wta.models.Features;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The small problem and the large one are the same problem. */
class RowSpanTest {
  private static final Backend BACKEND = Backends.named("reference", BackendOptions.defaults());
  private static final LabelledPoints POINTS =
      LabelledPoints.clouds("wide", 40, 400, 0.2, 8, i -> i % 3).rectified();

  private static DesignMatrix design(Features features, FeatureScaling scaling, double bias) {
    FittedScaling fitted = FittedScaling.fit(scaling, features);
    return new DesignMatrix(features, fitted, bias, 3);
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "mean-norm", "deviation+sample-norm", "square-root+mean-norm"})
  void givesTheSameScoresAndTheSameNormsOfWeights(String scaling) {
    try (Features features = POINTS.on(BACKEND);
        DesignMatrix design = design(features, FeatureScaling.parse(scaling), 1);
        RowSpan span = RowSpan.of(design).orElseThrow()) {
      Random random = new Random(1);
      Iterate small = Iterate.zero(span.small());
      for (int k = 0; k < 3; k++) { // all but the weight of a bias that is not there
        for (int i = 0; i < 40; i++) {
          small.weights()[k * 41 + i] = random.nextGaussian();
        }
      }
      span.small().scores(small.weights(), small.scores());
      Iterate large = span.expand(small);
      double[] scores = new double[large.scores().length];
      design.scores(large.weights(), scores);

      double size = Arrays.stream(scores).map(Math::abs).max().orElseThrow();
      assertThat(scores).containsExactly(small.scores(), within(1e-3 * size));
      assertThat(square(large.weights()))
          .isCloseTo(square(small.weights()), within(1e-2 * square(small.weights())));
    }
  }

  private static double square(double[] values) {
    return Arrays.stream(values).map(value -> value * value).sum();
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 1})
  void judgesEveryCAsTheLargeProblemDoes(double bias) {
    CostChoice.Grid grid = new CostChoice.Grid(1e-2, 10, 1, 9, 0.25, 3);
    ProbeOptions options =
        ProbeOptions.defaults().withCost(grid).withBias(bias).withTolerance(1e-4);
    LabelledPoints all = LabelledPoints.clouds("wide", 60, 400, 0.12, 8, i -> i % 3);
    LabelledPoints copies = all.withContradictions(20); // 80 samples of 401 columns: still few
    try (Features features = copies.on(BACKEND)) {
      LinearClassifier chosen = new LinearSvm(options).fit(features, copies.labels());
      for (LinearClassifier.GridScore score : chosen.grid()) {
        assertThat(score.error())
            .isCloseTo(error(features, copies, options, score.c()), within(0.04));
      }
      LinearClassifier fixed =
          new LinearSvm(options.withCost(new CostChoice.Fixed(chosen.c())))
              .fit(features, copies.labels());
      double[] weights = fixed.weights();
      double size = Math.sqrt(square(weights));
      double[] difference = chosen.weights();
      Arrays.setAll(difference, i -> difference[i] - weights[i]);
      assertThat(Math.sqrt(square(difference))).isLessThan(1e-2 * size);
    }
  }

  /** The error on held-out samples of fits to the large problem. */
  private static double error(
      Features features, LabelledPoints points, ProbeOptions options, double c) {
    double sum = 0;
    for (int split = 0; split < 3; split++) {
      boolean[] fitted = HeldOut.fitted(points.labels(), 3, 0.25, options.seed(), split);
      boolean[] held = new boolean[fitted.length];
      for (int i = 0; i < held.length; i++) {
        held[i] = !fitted[i];
      }
      FittedScaling scaling = FittedScaling.fit(options.scaling(), features);
      try (DesignMatrix design = new DesignMatrix(features, scaling, options.bias(), 3);
          NewtonSolver solver = new NewtonSolver(design, new SquaredHinge(), options.tolerance())) {
        ProbeLoss.Samples samples = new ProbeLoss.Samples(points.labels(), fitted, 3, c);
        Iterate at = Iterate.zero(design);
        solver.solve(samples, solver.gradientsAtZero(samples), at, part -> {});
        sum += Predictions.error(at.scores(), points.labels(), held, 3);
      }
    }
    return sum / 3;
  }

  @Test
  void isForFarMoreColumnsThanSamples() {
    LabelledPoints narrow = LabelledPoints.clouds("narrow", 120, 400, 0.2, 8, i -> i % 3);
    try (Features features = narrow.on(BACKEND);
        DesignMatrix design = design(features, FeatureScaling.NONE, 1)) {
      assertThat(RowSpan.of(design)).isEmpty();
    }
  }
}
