package dev.wta.models.layer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wta.api.backend.Backend;
import dev.wta.api.random.Philox;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.models.TestBackends;
import dev.wta.models.TestData;
import dev.wta.models.autodiff.GradientCheck;
import dev.wta.models.autodiff.Parameter;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.autodiff.Variable;
import dev.wta.models.loss.SquaredError;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DropoutTest {
  private static final int SIZE = 60;

  private final Backend backend = TestBackends.reference();
  private final Tensor x = backend.memory().of(Shape.of(6, 10), TestData.normal("dropped", SIZE));

  @AfterEach
  void close() {
    backend.close();
  }

  private float[] dropped(long step, double share, boolean scaled) {
    try (Tape tape = Tape.recording(backend, Seed.of(3))) {
      tape.reset(step);
      Variable in = tape.constant(x);
      Variable out =
          scaled
              ? Dropout.scaled(tape, in, share, "noise")
              : Dropout.masking(tape, in, share, "noise");
      return backend.memory().download(out.value());
    }
  }

  @Test
  void whatIsLeftIsDrawnBySeedStepAndUse() {
    float[] values = backend.memory().download(x);
    float[] masked = dropped(7, 0.25, false);
    float[] scaled = dropped(7, 0.25, true);
    Philox draws = Seed.of(3).stream("noise", 7);
    for (int i = 0; i < SIZE; i++) {
      float kept = draws.uniform(i) < 0.75f ? values[i] : 0;
      assertThat(masked[i]).isEqualTo(kept);
      assertThat(scaled[i]).isEqualTo((float) (1 / 0.75) * kept);
    }
    assertThat(dropped(8, 0.25, false)).isNotEqualTo(masked);
  }

  @Test
  void noNoiseIsTheIdentity() {
    assertThat(dropped(7, 0, false)).isEqualTo(backend.memory().download(x));
  }

  @Test
  void nothingFlowsThroughWhatWasDropped() {
    Parameter parameter =
        Parameter.weight("x", backend.memory().of(x.shape(), TestData.normal("dropped", SIZE)));
    GradientCheck.check(
        backend,
        List.of(parameter),
        tape -> {
          Variable noisy = Dropout.scaled(tape, tape.parameter(parameter), 0.5, "noise");
          return SquaredError.of(tape, noisy, tape.constant(x));
        });
  }
}
