package dev.wta.models.tape;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.wta.api.Backend;
import dev.wta.api.Dense;
import dev.wta.api.Rule;
import dev.wta.api.Seed;
import dev.wta.api.Shape;
import dev.wta.api.Tensor;
import dev.wta.models.Parameter;
import dev.wta.models.TestBackends;
import dev.wta.models.TestData;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FreeEnergyTest {
  private static final int SAMPLES = 7;
  private static final int INPUTS = 5;
  private static final int UNITS = 6;

  private final Backend backend = TestBackends.reference();
  private final Tensor visible =
      backend.memory().of(Shape.of(SAMPLES, INPUTS), TestData.uniform("visible", SAMPLES * INPUTS));
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

  private Loss freeEnergy(Tape tape, boolean competition) {
    Variable drive =
        tape.dense(tape.constant(visible), tape.parameter(weights), tape.parameter(hiddenBias));
    Tensor probabilities = tape.temporary(drive.shape());
    backend.dense().map(Dense.Unary.SIGMOID, drive.value(), probabilities);
    if (competition) {
      Code.Sparse winners =
          SelectWinners.run(tape, tape.constant(probabilities), new Rule.PerColumn(3));
      probabilities = ScatterWinners.run(tape, winners).value();
    }
    return FreeEnergy.of(
        tape,
        visible,
        drive.value(),
        probabilities,
        tape.parameter(weights),
        tape.parameter(hiddenBias),
        tape.parameter(visibleBias));
  }

  /** {@code -log sum over all h of exp(-E(v, h))}, by going through the 64 hidden states. */
  @Test
  void isTheLogarithmOfTheSumOverAllHiddenStates() {
    float[] v = backend.memory().download(visible);
    float[] w = backend.memory().download(weights.value());
    float[] b = backend.memory().download(hiddenBias.value());
    float[] c = backend.memory().download(visibleBias.value());
    double mean = 0;
    for (int n = 0; n < SAMPLES; n++) {
      double sum = 0;
      for (int state = 0; state < 1 << UNITS; state++) {
        double exponent = 0;
        for (int j = 0; j < INPUTS; j++) {
          exponent += c[j] * v[n * INPUTS + j];
        }
        for (int u = 0; u < UNITS; u++) {
          if ((state >> u & 1) == 1) {
            exponent += b[u];
            for (int j = 0; j < INPUTS; j++) {
              exponent += w[u * INPUTS + j] * v[n * INPUTS + j];
            }
          }
        }
        sum += Math.exp(exponent);
      }
      mean -= Math.log(sum) / SAMPLES;
    }
    try (Tape tape = Tape.recording(backend, Seed.of(1))) {
      assertThat(freeEnergy(tape, false).value()).isCloseTo(mean, within(1e-5));
    }
  }

  @Test
  void gradient() {
    List<Parameter> all = List.of(weights, hiddenBias, visibleBias);
    GradientCheck.check(backend, all, tape -> freeEnergy(tape, false));
  }

  @Test
  void gradientUnderACompetition() {
    List<Parameter> all = List.of(weights, hiddenBias, visibleBias);
    GradientCheck.check(backend, all, tape -> freeEnergy(tape, true));
  }
}
