package dev.wta.eval.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import de.bwaldvogel.liblinear.Feature;
import de.bwaldvogel.liblinear.FeatureNode;
import de.bwaldvogel.liblinear.Linear;
import de.bwaldvogel.liblinear.Model;
import de.bwaldvogel.liblinear.Parameter;
import de.bwaldvogel.liblinear.Problem;
import de.bwaldvogel.liblinear.SolverType;
import dev.wta.api.backend.Backend;
import dev.wta.api.backend.BackendOptions;
import dev.wta.api.backend.Backends;
import dev.wta.eval.scaling.FeatureScaling;
import dev.wta.models.Features;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The same minimum as LIBLINEAR's on the same data. */
class LinearSvmTest {
  private static final Backend BACKEND = Backends.named("reference", BackendOptions.defaults());
  private static final double TIGHT = 1e-9;

  @BeforeAll
  static void quiet() {
    Linear.disableDebugOutput();
  }

  static List<Arguments> problems() {
    List<LabelledPoints> problems =
        List.of(
            LabelledPoints.clouds("two classes, apart", 300, 6, 4, 1, i -> i % 2),
            LabelledPoints.clouds("two classes, overlapping", 400, 10, 0.3, 2, i -> i % 2),
            LabelledPoints.clouds("ten classes, overlapping", 600, 20, 0.5, 3, i -> i % 10),
            LabelledPoints.clouds("ten classes, apart", 500, 20, 3, 4, i -> i % 10),
            LabelledPoints.clouds("unbalanced", 600, 8, 0.4, 5, i -> i % 40 == 0 ? 1 : 0),
            LabelledPoints.clouds("different scales", 400, 5, 0.5, 6, i -> i % 3)
                .scaled(100, 10, 1, 0.1f, 0.01f),
            LabelledPoints.clouds("duplicates", 400, 6, 1, 7, i -> i % 3).withContradictions(60),
            LabelledPoints.clouds("more inputs than samples", 50, 80, 0.4, 8, i -> i % 4),
            LabelledPoints.clouds("rectified", 500, 30, 0.5, 9, i -> i % 5).rectified());
    List<Arguments> arguments = new ArrayList<>();
    for (LabelledPoints problem : problems) {
      for (double c : new double[] {0.01, 1, 100}) {
        arguments.add(Arguments.of(problem, c));
      }
    }
    return arguments;
  }

  @ParameterizedTest(name = "{0}, C = {1}")
  @MethodSource("problems")
  void finds_liblinears_minimum(LabelledPoints problem, double c) {
    int training = problem.points().length * 3 / 4;
    compare(problem.range(0, training), problem.range(training, problem.points().length), c, 1);
  }

  @ParameterizedTest(name = "{0}, C = {1}")
  @MethodSource("problems")
  void finds_liblinears_minimum_without_a_bias(LabelledPoints problem, double c) {
    int training = problem.points().length * 3 / 4;
    compare(problem.range(0, training), problem.range(training, problem.points().length), c, 0);
  }

  @Test
  void finds_liblinears_minimum_with_a_single_sample_of_each_class() {
    LabelledPoints problem = LabelledPoints.clouds("one each", 5, 12, 1, 9, i -> i);
    compare(problem, problem, 1, 1);
  }

  @Test
  void finds_liblinears_minimum_with_a_larger_bias_feature() {
    LabelledPoints problem = LabelledPoints.clouds("biased", 300, 4, 0.5, 10, i -> i % 3);
    compare(problem, problem, 1, 10);
  }

  @Test
  void finds_liblinears_minimum_in_several_blocks_and_threads() {
    LabelledPoints wide = LabelledPoints.clouds("wide", 900, 3000, 0.03, 11, i -> i % 2);
    try (Backend cpu = Backends.named("cpu", new BackendOptions(2, 0))) {
      compare(cpu, wide.range(0, 800), wide.range(800, 900), 1e-4, 1);
    }
  }

  private static void compare(LabelledPoints train, LabelledPoints test, double c, double bias) {
    compare(BACKEND, train, test, c, bias);
  }

  private static void compare(
      Backend backend, LabelledPoints train, LabelledPoints test, double c, double bias) {
    double[] theirs = liblinear(train, c, bias);
    ProbeOptions options =
        ProbeOptions.defaults()
            .withCost(new CostChoice.Fixed(c))
            .withScaling(FeatureScaling.NONE)
            .withBias(bias)
            .withTolerance(TIGHT);
    try (Features features = train.on(backend);
        Features held = test.on(backend)) {
      LinearClassifier classifier = new LinearSvm(options).fit(features, train.labels());
      double[] ours = classifier.weights();
      for (int k = 0; k < train.classes(); k++) {
        double minimum = objective(train, theirs, k, c, bias);
        assertThat(objective(train, ours, k, c, bias))
            .as("class %d", k)
            .isCloseTo(minimum, within(1e-6 * minimum));
        assertThat(classifier.summary().objectives()[k])
            .as("what the solver says of class %d", k)
            .isCloseTo(minimum, within(1e-6 * minimum));
      }
      int[] predicted = classifier.predict(held);
      for (int i = 0; i < predicted.length; i++) {
        double[] scores = new double[train.classes()];
        for (int k = 0; k < scores.length; k++) {
          scores[k] = score(test.points()[i], theirs, k, bias);
        }
        double best = Arrays.stream(scores).max().orElseThrow();
        assertThat(scores[predicted[i]]).as("sample %d", i).isCloseTo(best, within(2e-3));
      }
    }
  }

  /** LIBLINEAR's weights {@code (classes, inputs + 1)}, each class from a problem of its own. */
  private static double[] liblinear(LabelledPoints data, double c, double bias) {
    int columns = data.inputs() + 1;
    double[] weights = new double[data.classes() * columns];
    for (int k = 0; k < data.classes(); k++) {
      Problem problem = new Problem();
      problem.l = data.points().length;
      problem.n = columns;
      problem.bias = -1; // the bias is a feature like any other
      problem.x = new Feature[problem.l][];
      problem.y = new double[problem.l];
      for (int i = 0; i < problem.l; i++) {
        problem.x[i] = new Feature[columns];
        for (int j = 0; j < data.inputs(); j++) {
          problem.x[i][j] = new FeatureNode(j + 1, data.points()[i][j]);
        }
        problem.x[i][columns - 1] = new FeatureNode(columns, bias);
        problem.y[i] = data.labels()[i] == k ? 1 : -1;
      }
      Parameter parameter = new Parameter(SolverType.L2R_L2LOSS_SVC, c, 1e-9, 10_000, 0.1);
      Model model = Linear.train(problem, parameter);
      double sign = model.getLabels()[0] == 1 ? 1 : -1;
      for (int j = 0; j < columns; j++) {
        weights[k * columns + j] = sign * model.getFeatureWeights()[j];
      }
    }
    return weights;
  }

  private static double score(float[] point, double[] weights, int k, double bias) {
    int row = k * (point.length + 1);
    double score = weights[row + point.length] * bias;
    for (int j = 0; j < point.length; j++) {
      score += weights[row + j] * point[j];
    }
    return score;
  }

  private static double objective(
      LabelledPoints data, double[] weights, int k, double c, double bias) {
    int columns = data.inputs() + 1;
    double objective = 0;
    for (int j = 0; j < columns; j++) {
      objective += 0.5 * weights[k * columns + j] * weights[k * columns + j];
    }
    for (int i = 0; i < data.points().length; i++) {
      double side = data.labels()[i] == k ? 1 : -1;
      double missing = Math.max(0, 1 - side * score(data.points()[i], weights, k, bias));
      objective += c * missing * missing;
    }
    return objective;
  }
}
