package dev.wta.models.sae;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wta.api.backend.Backend;
import dev.wta.api.op.SelectionRule;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.models.TestBackends;
import dev.wta.models.TestData;
import dev.wta.models.autodiff.GradientCheck;
import dev.wta.models.autodiff.Loss;
import dev.wta.models.autodiff.Parameter;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.autodiff.Variable;
import dev.wta.models.layer.Code;
import dev.wta.models.layer.Layers;
import dev.wta.models.loss.SquaredError;
import dev.wta.models.sae.op.GatedMagnitudes;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Magnitudes, their gradients by finite differences, and what is behind a shut gate. */
class GatedSaeTest {
  private static final int SAMPLES = 6;
  private static final int INPUTS = 5;
  private static final int UNITS = 4;

  private final Backend backend = TestBackends.reference();
  private final Parameter weights = parameter("gated weights", UNITS, INPUTS);
  private final Parameter gateBias = parameter("gate bias", UNITS);
  private final Parameter logScale = parameter("log scale", UNITS);
  private final Parameter bias = parameter("magnitude bias", UNITS);
  private final Tensor x =
      backend.memory().of(Shape.of(SAMPLES, INPUTS), TestData.normal("x", SAMPLES * INPUTS));
  private final Tensor decoder =
      backend.memory().of(Shape.of(UNITS, INPUTS), TestData.normal("decoder", UNITS * INPUTS));

  @AfterEach
  void close() {
    backend.close();
  }

  private Parameter parameter(String name, int... extents) {
    Shape shape = Shape.of(extents);
    float[] values = TestData.normal(name, Math.toIntExact(shape.size()));
    for (int i = 0; i < values.length; i++) {
      values[i] *= 0.5f;
    }
    return Parameter.bias(name, backend.memory().of(shape, values));
  }

  private Code.Sparse magnitudes(Tape tape) {
    Tensor zeros = tape.temporary(Shape.of(UNITS));
    backend.memory().fill(zeros, 0);
    Variable gate = tape.parameter(gateBias);
    Code.Sparse gates =
        Layers.encode(
            tape, tape.constant(x), tape.parameter(weights), gate, new SelectionRule.Above(zeros));
    return GatedMagnitudes.run(tape, gates, gate, tape.parameter(logScale), tape.parameter(bias));
  }

  private Loss loss(Tape tape) {
    return SquaredError.of(
        tape, Layers.decode(tape, magnitudes(tape), tape.constant(decoder)), tape.constant(x));
  }

  @Test
  void gradientsAgreeWithFiniteDifferences() {
    GradientCheck.check(backend, List.of(weights, logScale, bias), this::loss);
  }

  /** What reaches it through the shared product and what is taken off again cancel. */
  @Test
  void theGatesBiasLearnsNothingFromTheReconstruction() {
    for (float gradient : GradientCheck.gradient(backend, gateBias, this::loss)) {
      assertThat(Math.abs(gradient)).isLessThan(1e-5f);
    }
  }
}
