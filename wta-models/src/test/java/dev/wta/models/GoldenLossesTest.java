package dev.wta.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.wta.api.backend.Backend;
import dev.wta.api.op.Memory;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.fc.FcWta;
import dev.wta.models.fc.PlainFcWta;
import dev.wta.models.optimizer.Adam;
import dev.wta.models.optimizer.OptimizerState;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * The losses of the first ten steps of FC-WTA: stored, and computed again by {@link PlainFcWta}.
 */
class GoldenLossesTest {
  private static final int STEPS = 10;
  private static final int SAMPLES = 40;
  private static final int INPUTS = 30;
  private static final int UNITS = 50;
  private static final double RATE = 0.01;
  private static final double SPARSITY = 0.1;
  private static final double INIT = 0.1;

  private static final double[] TIED = {
    8.871242, 7.674356, 6.464732, 5.513931, 5.171183, 5.501575, 5.407547, 5.934186, 6.747214,
    4.411059
  };
  private static final double[] UNTIED = {
    10.130016, 9.027083, 8.490637, 7.663881, 7.341306, 6.616125, 6.496768, 5.530681, 5.876027,
    5.283072
  };

  @TestFactory
  Stream<DynamicTest> everyBackendFindsTheStoredLosses() {
    return TestBackends.NAMES.stream()
        .flatMap(
            name ->
                Stream.of(
                    DynamicTest.dynamicTest(name + ", tied", () -> agree(losses(name, true), TIED)),
                    DynamicTest.dynamicTest(
                        name + ", untied", () -> agree(losses(name, false), UNTIED))));
  }

  @Test
  void anIndependentImplementationFindsTheStoredLosses() {
    agree(plainLosses(true), TIED);
    agree(plainLosses(false), UNTIED);
  }

  private static void agree(double[] losses, double[] stored) {
    assertThat(losses).as(Arrays.toString(losses)).containsExactly(stored, within(2e-5));
  }

  private static float[] batch(int step) {
    return TestData.uniform("batch" + step, SAMPLES * INPUTS);
  }

  private static FcWta model(Backend backend, boolean tied) {
    return FcWta.Settings.DEFAULTS
        .hidden(UNITS)
        .lifetime(SPARSITY)
        .tied(tied)
        .init(INIT)
        .on(INPUTS, backend, Seed.of(1));
  }

  private static double[] losses(String backendName, boolean tied) {
    double[] losses = new double[STEPS];
    try (Backend backend = TestBackends.open(backendName, 2);
        FcWta model = model(backend, tied);
        Tape tape = Tape.recording(backend, Seed.of(1));
        Tensor x = backend.memory().allocate(Shape.of(SAMPLES, INPUTS));
        OptimizerState adam =
            new OptimizerState(
                Adam.rate(RATE), backend.update(), backend.memory(), model.parameters())) {
      for (int step = 0; step < STEPS; step++) {
        backend.memory().upload(batch(step), 0, x);
        tape.reset(step);
        StepOutput output = model.step(tape, x);
        tape.backward(output.loss());
        losses[step] = output.loss().value();
        adam.step(tape, RATE, step + 1);
      }
    }
    return losses;
  }

  private static double[] plainLosses(boolean tied) {
    double[] losses = new double[STEPS];
    try (Backend backend = TestBackends.reference();
        FcWta model = model(backend, tied)) {
      double[][] encoder = rows(backend.memory(), model.parameters().getFirst().value());
      Optional<double[][]> decoder =
          tied ? Optional.empty() : Optional.of(rows(backend.memory(), model.decoderFilters()));
      PlainFcWta plain = new PlainFcWta(encoder, decoder, PlainFcWta.lifetime(SPARSITY), RATE);
      for (int step = 0; step < STEPS; step++) {
        losses[step] = plain.step(TestData.rows(batch(step), INPUTS));
      }
    }
    return losses;
  }

  private static double[][] rows(Memory memory, Tensor matrix) {
    return TestData.rows(memory.download(matrix), matrix.shape().rowSize());
  }
}
