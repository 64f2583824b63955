package dev.wta.eval.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.wta.api.backend.Backend;
import dev.wta.api.backend.BackendOptions;
import dev.wta.api.backend.Backends;
import dev.wta.eval.scaling.FeatureScaling;
import dev.wta.eval.solver.ProbeLoss;
import dev.wta.eval.solver.SoftmaxLoss;
import dev.wta.eval.solver.SquaredHinge;
import dev.wta.models.Features;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SoftmaxRegressionTest {
  private static final Backend BACKEND = Backends.named("reference", BackendOptions.defaults());
  private static final LabelledPoints DATA =
      LabelledPoints.clouds("three clouds", 60, 4, 0.8, 1, i -> i % 3);

  @Test
  void the_residual_is_the_derivative_of_the_loss() {
    Random random = new Random(3);
    double[] scores = random.doubles(60 * 3, -2, 2).toArray();
    ProbeLoss.Samples samples = samples(0.7);
    SoftmaxLoss loss = new SoftmaxLoss();
    float[] residual = loss.evaluate(samples, scores).residual();
    for (int at : new int[] {0, 1, 17, 100, 179}) {
      double[] moved = scores.clone();
      moved[at] = scores[at] + 1e-5;
      double up = loss.evaluate(samples, moved).loss()[0];
      moved[at] = scores[at] - 1e-5;
      double down = loss.evaluate(samples, moved).loss()[0];
      assertThat(residual[at]).isCloseTo((float) ((up - down) / 2e-5), within(1e-5f));
    }
  }

  @Test
  void the_line_has_the_losss_derivatives() {
    Random random = new Random(4);
    double[] scores = random.doubles(60 * 3, -2, 2).toArray();
    double[] direction = random.doubles(60 * 3, -1, 1).toArray();
    for (ProbeLoss loss : new ProbeLoss[] {new SoftmaxLoss(), new SquaredHinge()}) {
      ProbeLoss.Samples samples = samples(0.7);
      int groups = loss.groups(3);
      double[] slope = new double[groups];
      double[] bend = new double[groups];
      double[] step = new double[groups];
      Arrays.fill(step, 0.3);
      loss.alongLine(samples, scores, direction, step, slope, bend);
      double[] here = at(loss, samples, scores, direction, 0.3);
      double[] up = at(loss, samples, scores, direction, 0.3 + 1e-4);
      double[] down = at(loss, samples, scores, direction, 0.3 - 1e-4);
      for (int g = 0; g < groups; g++) {
        assertThat(slope[g]).isCloseTo((up[g] - down[g]) / 2e-4, within(1e-3));
        double second = (up[g] - 2 * here[g] + down[g]) / 1e-8;
        assertThat(bend[g]).isCloseTo(second, within(0.05 * Math.abs(second)));
      }
    }
  }

  private static double[] at(
      ProbeLoss loss, ProbeLoss.Samples samples, double[] scores, double[] direction, double step) {
    double[] moved =
        IntStream.range(0, scores.length)
            .mapToDouble(i -> scores[i] + step * direction[i])
            .toArray();
    return loss.evaluate(samples, moved).loss();
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.01, 1, 30})
  void finds_the_minimum_that_plain_newton_in_double_precision_finds(double c) {
    double[][] reference = plainNewton(DATA, c);
    ProbeOptions options =
        ProbeOptions.defaults()
            .withCost(new CostChoice.Fixed(c))
            .withScaling(FeatureScaling.NONE)
            .withTolerance(1e-8);
    try (Features features = DATA.on(BACKEND)) {
      LinearClassifier classifier = new SoftmaxRegression(options).fit(features, DATA.labels());
      double[][] ours = new double[3][];
      for (int k = 0; k < 3; k++) {
        ours[k] = Arrays.copyOfRange(classifier.weights(), k * 5, (k + 1) * 5);
        assertThat(ours[k]).containsExactly(reference[k], within(1e-4));
      }
      double minimum = objective(DATA, reference, c);
      assertThat(objective(DATA, ours, c)).isCloseTo(minimum, within(1e-7 * minimum));
      assertThat(classifier.summary().objectives()[0]).isCloseTo(minimum, within(1e-6 * minimum));
    }
  }

  private static ProbeLoss.Samples samples(double cost) {
    boolean[] used = new boolean[60];
    Arrays.fill(used, true);
    return new ProbeLoss.Samples(DATA.labels(), used, 3, cost);
  }

  /** Newton's method with the whole Hessian and backtracking, written out in full. */
  private static double[][] plainNewton(LabelledPoints data, double c) {
    int columns = data.inputs() + 1;
    int classes = data.classes();
    double[][] weights = new double[classes][columns];
    for (int iteration = 0; iteration < 50; iteration++) {
      double[] gradient = new double[classes * columns];
      double[][] hessian = new double[classes * columns][classes * columns];
      for (int a = 0; a < gradient.length; a++) {
        gradient[a] = weights[a / columns][a % columns];
        hessian[a][a] = 1;
      }
      for (int i = 0; i < data.points().length; i++) {
        double[] x = withBias(data.points()[i]);
        double[] p = probabilities(weights, x);
        for (int a = 0; a < gradient.length; a++) {
          int k = a / columns;
          gradient[a] += c * (p[k] - (data.labels()[i] == k ? 1 : 0)) * x[a % columns];
          for (int b = 0; b < gradient.length; b++) {
            int l = b / columns;
            double bend = (k == l ? p[k] : 0) - p[k] * p[l];
            hessian[a][b] += c * bend * x[a % columns] * x[b % columns];
          }
        }
      }
      double[] step = solve(hessian, gradient);
      double before = objective(data, weights, c);
      double length = 1;
      double[][] moved = move(weights, step, length);
      while (objective(data, moved, c) > before && length > 1e-10) {
        length /= 2;
        moved = move(weights, step, length);
      }
      weights = moved;
    }
    return weights;
  }

  private static double[][] move(double[][] weights, double[] step, double length) {
    int columns = weights[0].length;
    double[][] moved = new double[weights.length][columns];
    for (int a = 0; a < step.length; a++) {
      moved[a / columns][a % columns] = weights[a / columns][a % columns] - length * step[a];
    }
    return moved;
  }

  /** Gauss and Jordan's elimination with pivots. */
  private static double[] solve(double[][] matrix, double[] right) {
    int size = right.length;
    double[] x = right.clone();
    for (int k = 0; k < size; k++) {
      int pivot = k;
      for (int i = k; i < size; i++) {
        pivot = Math.abs(matrix[i][k]) > Math.abs(matrix[pivot][k]) ? i : pivot;
      }
      double[] row = matrix[pivot];
      matrix[pivot] = matrix[k];
      matrix[k] = row;
      double value = x[pivot];
      x[pivot] = x[k];
      x[k] = value;
      for (int i = 0; i < size; i++) {
        if (i != k) {
          double factor = matrix[i][k] / matrix[k][k];
          for (int j = k; j < size; j++) {
            matrix[i][j] -= factor * matrix[k][j];
          }
          x[i] -= factor * x[k];
        }
      }
    }
    for (int k = 0; k < size; k++) {
      x[k] /= matrix[k][k];
    }
    return x;
  }

  private static double objective(LabelledPoints data, double[][] weights, double c) {
    double objective = 0;
    for (double[] row : weights) {
      objective += 0.5 * Arrays.stream(row).map(w -> w * w).sum();
    }
    for (int i = 0; i < data.points().length; i++) {
      double[] p = probabilities(weights, withBias(data.points()[i]));
      objective -= c * Math.log(p[data.labels()[i]]);
    }
    return objective;
  }

  private static double[] probabilities(double[][] weights, double[] x) {
    double[] p = new double[weights.length];
    double sum = 0;
    for (int k = 0; k < p.length; k++) {
      for (int j = 0; j < x.length; j++) {
        p[k] += weights[k][j] * x[j];
      }
      p[k] = Math.exp(p[k]);
      sum += p[k];
    }
    for (int k = 0; k < p.length; k++) {
      p[k] /= sum;
    }
    return p;
  }

  private static double[] withBias(float[] point) {
    double[] x = new double[point.length + 1];
    for (int j = 0; j < point.length; j++) {
      x[j] = point[j];
    }
    x[point.length] = 1;
    return x;
  }
}
