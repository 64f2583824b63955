package dev.wta.models.sae;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wta.api.backend.Backend;
import dev.wta.api.op.Memory;
import dev.wta.api.op.SelectionRule;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.api.tensor.WinnerList;
import dev.wta.api.tensor.Winners;
import dev.wta.models.TestBackends;
import dev.wta.models.TestData;
import dev.wta.models.autodiff.Parameter;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.layer.Code;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DeadLatentsTest {
  private static final int UNITS = 5;
  private static final int SAMPLES = 3;
  private static final int DEAD_AFTER = 10;

  /** Latents die and return: what the host concludes is what the device has, at every step. */
  @Test
  void theyAreKnownWithoutLookingEachTime() {
    try (Backend backend = TestBackends.reference();
        Tensor counts = backend.memory().allocate(Shape.of(UNITS));
        Tape tape = Tape.forward(backend)) {
      DeadLatents latents = new DeadLatents(Parameter.state("silence", counts), DEAD_AFTER);
      int steps = 60;
      float[] draws = TestData.uniform("active", steps * UNITS);
      int most = 0;
      for (int step = 0; step < steps; step++) {
        tape.reset(step);
        int[] active = active(draws, step);
        latents.note(tape, code(tape, active));
        int[] dead = latents.units(tape);
        assertThat(dead).as("after step %d", step).isEqualTo(marked(tape, latents));
        assertThat(latents.units(tape)).as("asked again").isEqualTo(dead);
        most = Math.max(most, dead.length);
      }
      assertThat(most).as("some were dead").isPositive();
    }
  }

  /** Another training may begin with other counts, such as a checkpoint's. */
  @Test
  void anotherTapeLooksAgain() {
    try (Backend backend = TestBackends.reference();
        Tensor counts = backend.memory().allocate(Shape.of(UNITS));
        Tape first = Tape.forward(backend);
        Tape second = Tape.forward(backend)) {
      DeadLatents latents = new DeadLatents(Parameter.state("silence", counts), DEAD_AFTER);
      assertThat(latents.units(first)).isEmpty();
      backend.memory().fill(counts, DEAD_AFTER);
      assertThat(latents.units(second)).containsExactly(0, 1, 2, 3, 4);
    }
  }

  /** Rare latents among common ones: latent u is active in a share of the steps. */
  private static int[] active(float[] draws, int step) {
    return IntStream.range(0, UNITS)
        .filter(u -> draws[step * UNITS + u] < 0.1f + 0.2f * u)
        .toArray();
  }

  private static int[] marked(Tape tape, DeadLatents latents) {
    float[] marks = tape.backend().memory().download(latents.marks(tape));
    return IntStream.range(0, UNITS).filter(u -> marks[u] > 0).toArray();
  }

  private static Code.Sparse code(Tape tape, int[] units) {
    Memory memory = tape.backend().memory();
    SelectionRule all = new SelectionRule.PerSample(UNITS);
    Winners winners = tape.temporaryWinners(Shape.of(SAMPLES, UNITS), all);
    float[] ones = new float[units.length];
    Arrays.fill(ones, 1);
    int[] zeros = new int[units.length];
    memory.upload(new WinnerList(zeros, units, zeros, ones), winners);
    return new Code.Sparse(winners, tape.constant(winners.values()));
  }
}
