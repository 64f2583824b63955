package dev.wta.models.conv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.wta.api.backend.Backend;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.models.StepOutput;
import dev.wta.models.TestBackends;
import dev.wta.models.TestData;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.optimizer.OptimizerState;
import dev.wta.models.optimizer.Sgd;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * The losses of the first ten steps of CONV-WTA: stored, and computed again by {@link
 * PlainConvWta}.
 */
class ConvGoldenLossesTest {
  private static final int STEPS = 10;
  private static final int SAMPLES = 12;
  private static final Shape SAMPLE = Shape.of(2, 7, 6);
  private static final double SPARSITY = 0.3;
  private static final double RATE = 0.001;
  private static final double MOMENTUM = 0.9;

  private static final double[] LOSSES = {
    29.810480, 26.187114, 20.772086, 14.339726, 10.557149, 8.252587, 8.372745, 9.133473, 11.878943,
    14.530173
  };

  @TestFactory
  Stream<DynamicTest> everyBackendFindsTheStoredLosses() {
    return TestBackends.NAMES.stream()
        .map(name -> DynamicTest.dynamicTest(name, () -> agree(losses(name))));
  }

  @Test
  void anIndependentImplementationFindsTheStoredLosses() {
    double[] losses = new double[STEPS];
    try (Backend backend = TestBackends.reference();
        ConvWta model = model(backend)) {
      PlainConvWta plain =
          new PlainConvWta(
              List.of(filters(model, 0), filters(model, 2)),
              filters(model, 4),
              SPARSITY,
              RATE,
              MOMENTUM);
      for (int step = 0; step < STEPS; step++) {
        losses[step] = plain.step(unpacked(batch(step), SAMPLE.batch(SAMPLES)));
      }
    }
    agree(losses);
  }

  private static void agree(double[] losses) {
    assertThat(losses).as(Arrays.toString(losses)).containsExactly(LOSSES, within(2e-5));
  }

  private static float[] batch(int step) {
    return TestData.uniform("batch" + step, SAMPLES * (int) SAMPLE.size());
  }

  private static ConvWta model(Backend backend) {
    return ConvWta.Settings.DEFAULTS
        .layers("5conv3-8conv5-8deconv5")
        .lifetime(SPARSITY)
        .decoderInit(0.1)
        .on(SAMPLE, backend, Seed.of(1));
  }

  private static double[] losses(String backendName) {
    double[] losses = new double[STEPS];
    try (Backend backend = TestBackends.open(backendName, 2);
        ConvWta model = model(backend);
        Tape tape = Tape.recording(backend, Seed.of(1));
        Tensor x = backend.memory().allocate(SAMPLE.batch(SAMPLES));
        OptimizerState sgd =
            new OptimizerState(
                Sgd.rate(RATE).momentum(MOMENTUM),
                backend.update(),
                backend.memory(),
                model.parameters())) {
      for (int step = 0; step < STEPS; step++) {
        backend.memory().upload(batch(step), 0, x);
        tape.reset(step);
        StepOutput output = model.step(tape, x);
        tape.backward(output.loss());
        losses[step] = output.loss().value();
        sgd.step(tape, RATE, step + 1);
      }
    }
    return losses;
  }

  private static double[][][][] filters(ConvWta model, int parameter) {
    Tensor value = model.parameters().get(parameter).value();
    return unpacked(model.backend().memory().download(value), value.shape());
  }

  private static double[][][][] unpacked(float[] values, Shape shape) {
    int height = shape.extent(2);
    int width = shape.extent(3);
    double[][][][] all = new double[shape.extent(0)][shape.extent(1)][height][width];
    for (int i = 0; i < values.length; i++) {
      int row = i / width;
      int plane = row / height;
      all[plane / shape.extent(1)][plane % shape.extent(1)][row % height][i % width] = values[i];
    }
    return all;
  }
}
