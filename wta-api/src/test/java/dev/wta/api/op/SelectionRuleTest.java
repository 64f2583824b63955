package dev.wta.api.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wta.api.WtaException;
import dev.wta.api.tensor.Shape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SelectionRuleTest {

  @ParameterizedTest(name = "{0} of {1} is {2}")
  @CsvSource({
    "0.05, 100, 5",
    "0.05, 30, 2", // 1.5 is rounded up
    "0.05, 29, 1",
    "0.05, 10, 1", // half a winner is one
    "0.05, 1, 1",
    "0.01, 10, 1", // never none
    "0.05, 0, 1",
    "0.25, 10, 3",
    "1, 127, 127",
    "0.3, 10, 3"
  })
  void roundsTheWinnersOfAGroup(double rate, int groupSize, int expected) {
    assertThat(SelectionRule.winnersAt(rate, groupSize)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -0.05, 1.01, Double.NaN, 5})
  void ratesLieInTheUnitInterval(double rate) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SelectionRule.winnersAt(rate, 100))
        .withMessageContaining(Double.toString(rate));
  }

  @Test
  void capacityIsTheMostThatCanWin() {
    Shape units = Shape.of(100, 2000);
    Shape maps = Shape.of(8, 16, 28, 28);
    assertThat(new SelectionRule.Lifetime(5).capacity(units)).isEqualTo(10_000);
    assertThat(new SelectionRule.Lifetime(101).capacity(units)).isEqualTo(200_000);
    assertThat(new SelectionRule.Lifetime(5).capacity(maps)).isEqualTo(80);
    assertThat(new SelectionRule.PerSample(32).capacity(units)).isEqualTo(3200);
    assertThat(new SelectionRule.PerSample(3000).capacity(units)).isEqualTo(200_000);
    assertThat(new SelectionRule.Global(77).capacity(units)).isEqualTo(77);
    assertThat(new SelectionRule.Global(300_000).capacity(units)).isEqualTo(200_000);
    assertThat(new SelectionRule.Spatial().capacity(maps)).isEqualTo(128);
    assertThat(new SelectionRule.Spatial().then(new SelectionRule.Lifetime(1)).capacity(maps))
        .isEqualTo(16);
    assertThat(new SelectionRule.Lifetime(100).then(new SelectionRule.PerSample(3)).capacity(units))
        .isEqualTo(300);
  }

  @Test
  void emptyCodesHaveNoWinners() {
    Shape empty = Shape.of(0, 2000);
    assertThat(new SelectionRule.Lifetime(5).capacity(empty)).isZero();
    assertThat(new SelectionRule.PerSample(5).capacity(empty)).isZero();
    assertThat(new SelectionRule.Global(5).capacity(empty)).isZero();
    assertThat(new SelectionRule.Lifetime(5).capacity(Shape.of(5, 0))).isZero();
  }

  @Test
  void aCompetitionHasAWinner() {
    assertThatIllegalArgumentException().isThrownBy(() -> new SelectionRule.Lifetime(0));
    assertThatIllegalArgumentException().isThrownBy(() -> new SelectionRule.PerSample(0));
    assertThatIllegalArgumentException().isThrownBy(() -> new SelectionRule.Global(-1));
  }

  @Test
  void moreWinnersThanCanBeCountedAreRefusedInWords() {
    Shape code = Shape.of(4096, 1 << 20);
    for (SelectionRule rule :
        new SelectionRule[] {
          new SelectionRule.Lifetime(4000),
          new SelectionRule.PerSample(1_000_000),
          new SelectionRule.Above(null),
          new SelectionRule.Spatial()
        }) {
      assertThatThrownBy(() -> rule.capacity(code))
          .isInstanceOf(WtaException.class)
          .hasMessageContaining("4096x1048576")
          .hasMessageContaining("use fewer units, a smaller batch");
    }
    assertThat(new SelectionRule.Global(7).capacity(code)).isEqualTo(7);
  }
}
