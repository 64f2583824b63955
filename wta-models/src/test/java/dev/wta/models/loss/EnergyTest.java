package dev.wta.models.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.wta.api.backend.Backend;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.models.TestBackends;
import dev.wta.models.TestData;
import dev.wta.models.autodiff.GradientCheck;
import dev.wta.models.autodiff.Loss;
import dev.wta.models.autodiff.Parameter;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.autodiff.Variable;
import dev.wta.models.layer.Layers;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EnergyTest {
  private static final int SAMPLES = 7;
  private static final int INPUTS = 5;
  private static final int UNITS = 6;

  private final Backend backend = TestBackends.reference();
  private final Tensor visible =
      backend.memory().of(Shape.of(SAMPLES, INPUTS), TestData.uniform("visible", SAMPLES * INPUTS));
  private final Tensor hidden =
      backend.memory().of(Shape.of(SAMPLES, UNITS), TestData.uniform("hidden", SAMPLES * UNITS));
  private final Parameter weights = parameter("weights", UNITS, INPUTS);
  private final Parameter hiddenBias = parameter("hiddenBias", UNITS);
  private final Parameter visibleBias = parameter("visibleBias", INPUTS);

  @AfterEach
  void close() {
    backend.close();
  }

  private Parameter parameter(String name, int... extents) {
    Shape shape = Shape.of(extents);
    float[] values = TestData.normal(name, Math.toIntExact(shape.size()));
    return Parameter.weight(name, backend.memory().of(shape, values));
  }

  private Loss energy(Tape tape) {
    Variable drive =
        Layers.dense(
            tape, tape.constant(visible), tape.parameter(weights), tape.parameter(hiddenBias));
    return Energy.of(
        tape,
        visible,
        hidden,
        drive.value(),
        tape.parameter(weights),
        tape.parameter(hiddenBias),
        tape.parameter(visibleBias));
  }

  @Test
  void isThatOfTheEquation() {
    float[] v = backend.memory().download(visible);
    float[] h = backend.memory().download(hidden);
    float[] w = backend.memory().download(weights.value());
    float[] b = backend.memory().download(hiddenBias.value());
    float[] c = backend.memory().download(visibleBias.value());
    double mean = 0;
    for (int n = 0; n < SAMPLES; n++) {
      for (int j = 0; j < INPUTS; j++) {
        mean -= c[j] * v[n * INPUTS + j] / SAMPLES;
      }
      for (int u = 0; u < UNITS; u++) {
        mean -= b[u] * h[n * UNITS + u] / SAMPLES;
        for (int j = 0; j < INPUTS; j++) {
          mean -= w[u * INPUTS + j] * v[n * INPUTS + j] * h[n * UNITS + u] / SAMPLES;
        }
      }
    }
    try (Tape tape = Tape.recording(backend, Seed.of(1))) {
      assertThat(energy(tape).value()).isCloseTo(mean, within(1e-5));
    }
  }

  @Test
  void gradient() {
    GradientCheck.check(backend, List.of(weights, hiddenBias, visibleBias), this::energy);
  }
}
