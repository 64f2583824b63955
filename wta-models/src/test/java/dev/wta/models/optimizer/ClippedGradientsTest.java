package dev.wta.models.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.wta.api.backend.Backend;
import dev.wta.api.op.SelectionRule;
import dev.wta.api.op.Update;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.models.TestBackends;
import dev.wta.models.TestData;
import dev.wta.models.autodiff.Parameter;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.autodiff.Variable;
import dev.wta.models.layer.Layers;
import dev.wta.models.loss.SquaredError;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Steps of plain gradient descent at rate 1: what moves is the gradient. */
class ClippedGradientsTest {
  private static final int SAMPLES = 6;
  private static final int INPUTS = 5;
  private static final int UNITS = 4;
  private static final Parameter.RowBound UNIT_ROWS =
      new Parameter.RowBound(Update.RowNorm.EXACTLY, 1, true, Integer.MAX_VALUE);

  private final Backend backend = TestBackends.reference();

  @AfterEach
  void close() {
    backend.close();
  }

  /** What a step changes: gradients in factors, and a dense one, in one vector. */
  private double[] change(double clip) {
    float[] encoder = TestData.normal("encoder", UNITS * INPUTS);
    float[] bias = TestData.normal("bias", INPUTS);
    try (Tensor x = tensor("x", SAMPLES, INPUTS);
        Parameter weights = Parameter.weight("w", tensor("encoder", UNITS, INPUTS));
        Parameter decoder =
            Parameter.weight("d", tensor("decoder", UNITS, INPUTS)).bounded(UNIT_ROWS);
        Parameter shift = Parameter.bias("c", backend.memory().of(Shape.of(INPUTS), bias));
        Tape tape = Tape.recording(backend, Seed.of(1));
        Tensor zeros = backend.memory().allocate(Shape.of(UNITS));
        OptimizerState state =
            new OptimizerState(
                Sgd.rate(1).momentum(0),
                clip,
                backend.update(),
                backend.memory(),
                List.of(weights, decoder, shift))) {
      float[] before = backend.memory().download(decoder.value());
      Variable input = tape.constant(x);
      Variable drawn =
          Layers.decode(
              tape,
              Layers.encode(
                  tape,
                  input,
                  tape.parameter(weights),
                  tape.constant(zeros),
                  new SelectionRule.PerSample(2)),
              tape.parameter(decoder),
              tape.parameter(shift));
      tape.backward(SquaredError.of(tape, drawn, input));
      state.step(tape, 1, 1);
      double[] change = new double[2 * UNITS * INPUTS + INPUTS];
      subtract(backend.memory().download(weights.value()), encoder, change, 0);
      subtract(backend.memory().download(decoder.value()), before, change, UNITS * INPUTS);
      subtract(backend.memory().download(shift.value()), bias, change, 2 * UNITS * INPUTS);
      return change;
    }
  }

  private Tensor tensor(String name, int rows, int columns) {
    return backend.memory().of(Shape.of(rows, columns), TestData.normal(name, rows * columns));
  }

  private static void subtract(float[] after, float[] before, double[] into, int from) {
    for (int i = 0; i < after.length; i++) {
      into[from + i] = (double) after[i] - before[i];
    }
  }

  private static double length(double[] vector) {
    double squares = 0;
    for (double value : vector) {
      squares += value * value;
    }
    return Math.sqrt(squares);
  }

  @Test
  void allGradientsTogetherKeepTheirDirectionAndAreNoLonger() {
    double[] free = change(0);
    double[] clipped = change(0.25);
    assertThat(length(free)).isGreaterThan(1);
    assertThat(length(clipped)).isCloseTo(0.25, within(1e-5));
    for (int i = 0; i < free.length; i++) {
      assertThat(clipped[i] / 0.25).isCloseTo(free[i] / length(free), within(1e-4));
    }
  }

  @Test
  void aLimitThatIsNotReachedChangesNothing() {
    assertThat(change(1000)).containsExactly(change(0), within(1e-5));
  }
}
