package dev.wta.models.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.wta.api.backend.Backend;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.models.TestBackends;
import dev.wta.models.TestData;
import dev.wta.models.autodiff.GradientCheck;
import dev.wta.models.autodiff.Parameter;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.autodiff.Variable;
import dev.wta.models.loss.CrossEntropy;
import dev.wta.models.loss.SquaredError;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A recurrence with weights that are not symmetric, and what follows it in a DrSAE. */
class RecurrenceTest {
  private static final int SAMPLES = 5;
  private static final int UNITS = 4;

  private final Backend backend = TestBackends.reference();
  private final Parameter drive = parameter("drive", 1, SAMPLES, UNITS);
  private final Parameter weights = parameter("weights", 0.3f, UNITS, UNITS);

  @AfterEach
  void close() {
    drive.close();
    weights.close();
    backend.close();
  }

  private Parameter parameter(String name, float scale, int... extents) {
    Shape shape = Shape.of(extents);
    float[] values = TestData.normal(name, Math.toIntExact(shape.size()));
    for (int i = 0; i < values.length; i++) {
      values[i] *= scale;
    }
    return Parameter.weight(name, backend.memory().of(shape, values));
  }

  private Recurrence run(Tape tape, int iterations) {
    return Recurrence.run(tape, tape.parameter(drive), tape.parameter(weights), iterations);
  }

  @Test
  void eachStateFollowsFromTheOneBefore() {
    int iterations = 4;
    float[] c = backend.memory().download(drive.value());
    float[] w = backend.memory().download(weights.value());
    float[] states;
    try (Tape tape = Tape.forward(backend)) {
      states = backend.memory().download(run(tape, iterations).states());
    }
    double[] before = new double[SAMPLES * UNITS];
    for (int t = 0; t < iterations; t++) {
      double[] z = new double[before.length];
      for (int n = 0; n < SAMPLES; n++) {
        for (int u = 0; u < UNITS; u++) {
          double sum = before[n * UNITS + u] + c[n * UNITS + u];
          for (int v = 0; v < UNITS; v++) {
            sum += w[u * UNITS + v] * before[n * UNITS + v];
          }
          z[n * UNITS + u] = Math.max(0, sum);
          assertThat((double) states[(t * SAMPLES + n) * UNITS + u])
              .isCloseTo(z[n * UNITS + u], within(1e-5));
        }
      }
      before = z;
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 7})
  void gradientsThroughTimeAgreeWithFiniteDifferences(int iterations) {
    try (Tensor target =
        backend.memory().of(Shape.of(SAMPLES, UNITS), TestData.normal("t", SAMPLES * UNITS))) {
      GradientCheck.check(
          backend,
          List.of(drive, weights),
          tape -> SquaredError.of(tape, run(tape, iterations).output(), tape.constant(target)));
    }
  }

  @Test
  void oneIterationIsARectifiedDrive() {
    try (Tensor target =
        backend.memory().of(Shape.of(SAMPLES, UNITS), TestData.normal("t", SAMPLES * UNITS))) {
      GradientCheck.check(
          backend,
          List.of(drive),
          tape -> SquaredError.of(tape, run(tape, 1).output(), tape.constant(target)));
    }
  }

  @Test
  void rowsOfLengthOneAndTheLogisticLossHaveTheirGradients() {
    try (Tensor labels = backend.memory().of(Shape.of(SAMPLES), 0, 3, 1, 1, 2)) {
      GradientCheck.check(
          backend,
          List.of(drive, weights),
          tape -> {
            Variable scores =
                Layers.dense(
                    tape, NormalisedRows.run(tape, tape.parameter(drive)), tape.parameter(weights));
            return CrossEntropy.of(tape, scores, labels).times(3);
          });
    }
  }

  @Test
  void aRowOfZerosStays() {
    backend.memory().fill(drive.value(), 0);
    try (Tape tape = Tape.recording(backend, Seed.of(1))) {
      Variable unit = NormalisedRows.run(tape, tape.parameter(drive));
      assertThat(backend.memory().download(unit.value())).containsOnly(0);
    }
  }
}
