package dev.wta.data.synthetic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.wta.api.backend.Backend;
import dev.wta.api.backend.BackendOptions;
import dev.wta.api.backend.Backends;
import dev.wta.api.random.Seed;
import org.junit.jupiter.api.Test;

class DirectionsTest {
  private static final int COUNT = 12;
  private static final int INPUTS = 5;

  private static double product(double[] rows, int i, int j) {
    double sum = 0;
    for (int k = 0; k < INPUTS; k++) {
      sum += rows[i * INPUTS + k] * rows[j * INPUTS + k];
    }
    return sum;
  }

  /** As the paper has it, over all ordered pairs. */
  private static double loss(double[] rows) {
    double loss = 0;
    for (int i = 0; i < COUNT; i++) {
      for (int j = 0; j < COUNT; j++) {
        double product = product(rows, i, j);
        loss += i == j ? COUNT * Math.pow(product - 1, 2) : product * product;
      }
    }
    return loss;
  }

  private static double[] doubles(float[] values) {
    double[] doubles = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      doubles[i] = values[i];
    }
    return doubles;
  }

  /** Adam's first step has the size of the rate, and its sign is the gradient's. */
  @Test
  void aStepGoesDownTheGradient() {
    float[] rows = Directions.random(COUNT, INPUTS, Seed.of(3));
    double[] before = doubles(rows);
    try (Backend backend = Backends.named("reference", BackendOptions.defaults())) {
      Directions.orthogonalise(backend, rows, COUNT, 1, 1e-4f, () -> {});
    }
    // What is answered has its lengths made 1 again: the tangent part of the step is left.
    for (int row = 0; row < COUNT; row++) {
      double[] step = new double[INPUTS];
      double along = 0;
      for (int k = 0; k < INPUTS; k++) {
        int at = row * INPUTS + k;
        double[] moved = before.clone();
        moved[at] += 1e-5;
        double up = loss(moved);
        moved[at] -= 2e-5;
        step[k] = -1e-4 * Math.signum(up - loss(moved));
        along += step[k] * before[at];
      }
      for (int k = 0; k < INPUTS; k++) {
        int at = row * INPUTS + k;
        assertThat(rows[at] - before[at])
            .as("row %d, number %d", row, k)
            .isCloseTo(step[k] - along * before[at], within(2e-6));
      }
    }
  }

  @Test
  void manyStepsPushRowsApart() {
    float[] rows = Directions.random(COUNT, INPUTS, Seed.of(3));
    double before = loss(doubles(rows));
    int[] steps = {0};
    try (Backend backend = Backends.named("reference", BackendOptions.defaults())) {
      Directions.orthogonalise(backend, rows, COUNT, 200, 1e-2f, () -> steps[0]++);
    }
    assertThat(steps[0]).isEqualTo(200);
    // No rows of length 1 are below Welch's bound, count^2 / inputs - count.
    assertThat(loss(doubles(rows)))
        .isLessThan(0.8 * before)
        .isGreaterThan((double) COUNT * COUNT / INPUTS - COUNT - 1e-3);
    for (int row = 0; row < COUNT; row++) {
      assertThat(product(doubles(rows), row, row)).isCloseTo(1, within(1e-6));
    }
  }
}
