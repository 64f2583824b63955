package dev.wta.backend.nd4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.wta.api.backend.Backend;
import dev.wta.api.backend.BackendOptions;
import dev.wta.api.backend.BackendProvider;
import dev.wta.api.random.Philox;
import dev.wta.api.random.Seed;
import dev.wta.api.reference.ReferenceBackendProvider;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.models.StepOutput;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.fc.FcWta;
import dev.wta.models.optimizer.Adam;
import dev.wta.models.optimizer.OptimizerState;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The losses of FC-WTA's first ten steps are the reference's. */
@WhereNativesAre
class FirstLossesTest {
  private static final int STEPS = 10;
  private static final int SAMPLES = 40;
  private static final int INPUTS = 30;
  private static final double RATE = 0.01;

  @ParameterizedTest(name = "tied: {0}")
  @ValueSource(booleans = {true, false})
  void areTheReferences(boolean tied) {
    double[] expected = losses(new ReferenceBackendProvider(), tied);
    assertThat(losses(new Nd4jBackendProvider(), tied)).containsExactly(expected, within(2e-5));
    assertThat(expected[STEPS - 1]).as("it learns").isLessThan(expected[0]);
  }

  private static double[] losses(BackendProvider provider, boolean tied) {
    double[] losses = new double[STEPS];
    try (Backend backend = provider.open(BackendOptions.defaults());
        FcWta model =
            FcWta.Settings.DEFAULTS
                .hidden(50)
                .lifetime(0.1)
                .tied(tied)
                .on(INPUTS, backend, Seed.of(1));
        Tape tape = Tape.recording(backend, Seed.of(1));
        Tensor x = backend.memory().allocate(Shape.of(SAMPLES, INPUTS));
        OptimizerState adam =
            new OptimizerState(
                Adam.rate(RATE), backend.update(), backend.memory(), model.parameters())) {
      for (int step = 0; step < STEPS; step++) {
        Philox stream = Seed.of(7).stream("batch" + step);
        backend.randomness().uniform(stream, x);
        tape.reset(step);
        StepOutput output = model.step(tape, x);
        tape.backward(output.loss());
        losses[step] = output.loss().value();
        adam.step(tape, RATE, step + 1);
      }
    }
    return losses;
  }
}
