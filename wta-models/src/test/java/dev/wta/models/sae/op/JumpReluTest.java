package dev.wta.models.sae.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.wta.api.backend.Backend;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.models.TestBackends;
import dev.wta.models.autodiff.GradientCheck;
import dev.wta.models.autodiff.Loss;
import dev.wta.models.autodiff.Parameter;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.autodiff.Variable;
import dev.wta.models.layer.Arithmetic;
import dev.wta.models.layer.Code;
import dev.wta.models.layer.Layers;
import dev.wta.models.loss.SquaredError;
import dev.wta.models.loss.Sum;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Straight-through gradients estimate what a threshold does to the expected loss. Here that is
 * known: activations are spread evenly over [0, 1], as one unit's of very many samples.
 */
class JumpReluTest {
  private static final int SAMPLES = 20_000;
  private static final float BANDWIDTH = 0.01f;
  private static final double THRESHOLD = 0.4;
  private static final double TARGET = 0.3;

  private final Backend backend = TestBackends.reference();
  private final Parameter logThreshold =
      Parameter.bias(
          "threshold.log", backend.memory().of(Shape.of(1), (float) Math.log(THRESHOLD)));
  private final Tensor evenly = backend.memory().of(Shape.of(SAMPLES, 1), even());
  private final Tensor one = backend.memory().of(Shape.of(1, 1), 1);
  private final Tensor zero = backend.memory().of(Shape.of(1), 0);

  @AfterEach
  void close() {
    backend.close();
  }

  private static float[] even() {
    float[] values = new float[SAMPLES];
    for (int n = 0; n < SAMPLES; n++) {
      values[n] = (n + 0.5f) / SAMPLES;
    }
    return values;
  }

  private JumpRelu jump(Tape tape) {
    return JumpRelu.run(
        tape,
        tape.constant(evenly),
        tape.constant(one),
        tape.constant(zero),
        Arithmetic.exponential(tape, tape.parameter(logThreshold)),
        BANDWIDTH,
        false);
  }

  /** {@code d/dtheta P(u > theta) = -1}, and {@code dtheta/dlog theta = theta}. */
  @Test
  void theCountsGradientIsThatOfTheExpectedCount() {
    float[] gradient =
        GradientCheck.gradient(
            backend, logThreshold, tape -> Sum.of(tape, jump(tape).counts(tape)));
    assertThat((double) gradient[0]).isCloseTo(-THRESHOLD, within(1e-3));
    try (Tape tape = Tape.forward(backend)) {
      assertThat(Sum.of(tape, jump(tape).counts(tape)).value())
          .isCloseTo(1 - THRESHOLD, within(1e-3));
    }
  }

  /**
   * Half of the samples within the kernel are counted, half are not: what moves the threshold is
   * how far their mean of a half is from the target.
   */
  @Test
  void aTargetsGradientIsThatOfTheSamplesAtTheThreshold() {
    float[] gradient = GradientCheck.gradient(backend, logThreshold, this::distance);
    assertThat((double) gradient[0]).isCloseTo(-THRESHOLD * 2 * (0.5 - TARGET), within(1e-3));
  }

  private Loss distance(Tape tape) {
    Tensor target = tape.temporary(Shape.of(SAMPLES, 1));
    backend.memory().fill(target, (float) TARGET);
    return SquaredError.of(tape, jump(tape).counts(tape), tape.constant(target));
  }

  /**
   * {@code E (f - t)^2} is the integral of {@code t^2} up to theta and of {@code (u - t)^2} from
   * there: its derivative is {@code t^2 - (theta - t)^2}. The estimate is off by a quarter of the
   * bandwidth times theta, since f rises within the kernel.
   */
  @Test
  void theErrorsGradientIsThatOfTheExpectedError() {
    float[] gradient = GradientCheck.gradient(backend, logThreshold, this::error);
    double expected = TARGET * TARGET - Math.pow(THRESHOLD - TARGET, 2);
    assertThat((double) gradient[0]).isCloseTo(THRESHOLD * expected, within(1e-3));
  }

  private Loss error(Tape tape) {
    Tensor target = tape.temporary(Shape.of(SAMPLES, 1));
    backend.memory().fill(target, (float) TARGET);
    JumpRelu jump = jump(tape);
    Variable decoder = tape.constant(one);
    Variable drawn = Layers.decode(tape, jump.code(), decoder);
    return SquaredError.of(tape, jump.reconstructed(tape, drawn, decoder), tape.constant(target));
  }

  @Test
  void whatIsBelowTheThresholdIsZeroHoweverNear() {
    try (Tape tape = Tape.forward(backend)) {
      JumpRelu jump = jump(tape);
      float[] above = values(jump.code());
      assertThat(above).hasSize(samplesBetween(THRESHOLD, 1));
      for (float f : above) {
        assertThat(f).isGreaterThan((float) THRESHOLD);
      }
      float[] below = values(jump.below());
      assertThat(below).hasSize(samplesBetween(THRESHOLD - BANDWIDTH / 2, THRESHOLD));
      assertThat(below).containsOnly(0);
    }
  }

  private static int samplesBetween(double from, double to) {
    return (int) Math.round(SAMPLES * (to - from));
  }

  private float[] values(Code.Sparse code) {
    return backend.memory().download(code.winners(), code.coefficients().value()).values();
  }
}
