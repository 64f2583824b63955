package dev.wta.models.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScheduleTest {

  @ParameterizedTest
  @CsvSource({
    "constant, 0, 1",
    "constant, 999, 1",
    "step, 0, 1",
    "step, 499, 1",
    "step, 500, 0.3",
    "step, 799, 0.3",
    "step, 800, 0.1",
    "step, 999, 0.1",
    "linear, 0, 1",
    "linear, 250, 0.75",
    "linear, 999, 0.001",
    "cosine, 0, 1",
    "cosine, 250, 0.8535534",
    "cosine, 500, 0.5",
    "cosine, 999, 0.0000025",
    "inverse(0.001), 0, 1",
    "inverse(0.001), 250, 0.8",
    "inverse(1e-3), 999, 0.5002501",
    "plateau, 0, 1",
    "plateau, 999, 1"
  })
  void factor(String name, long step, double expected) {
    assertThat(Schedule.named(name).factor(step, 1000)).isCloseTo(expected, within(1e-6));
  }

  @ParameterizedTest
  @ValueSource(strings = {"constant", "step", "linear", "cosine", "plateau", "inverse(0.1)"})
  void itNeverRises(String name) {
    Schedule schedule = Schedule.named(name);
    assertThat(schedule.name()).isEqualTo(name);
    for (int step = 1; step < 37; step++) {
      assertThat(schedule.factor(step, 37)).isBetween(0.0, schedule.factor(step - 1, 37));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "plateau, 0.98, 1, 1",
    "plateau, 0.995, 1, 0.9",
    "plateau, 1.5, 1, 0.9",
    "plateau, -1.02, -1, 1",
    "plateau, -1.001, -1, 0.9",
    "constant, 1.5, 1, 1"
  })
  void afterAnEpoch(String name, double loss, double before, double expected) {
    assertThat(Schedule.named(name).afterEpoch(loss, before)).isEqualTo(expected);
  }

  @Test
  void thereIsNoOther() {
    for (String name : new String[] {"sawtooth", "inverse", "inverse(0)", "inverse(x)"}) {
      assertThatThrownBy(() -> Schedule.named(name)).isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> Schedule.named("inverse(x)"))
        .hasMessageContaining("inverse(5e-6), not 'inverse(x)': 'x' is not a number");
    assertThatThrownBy(() -> Schedule.named("cosin"))
        .hasMessageContaining("did you mean 'cosine'?");
  }
}
