package dev.wta.models.competition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wta.api.WtaException;
import dev.wta.api.op.SelectionRule;
import dev.wta.api.tensor.Shape;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class CompetitionsTest {

  static Stream<Competition> values() {
    return Stream.of(
        new Lifetime(0.05),
        new TopK(32),
        new BatchTopK(8),
        new None(),
        new Spatial(),
        new Spatial().then(new Lifetime(0.05)),
        new Spatial().then(new Lifetime(0.5)).then(new TopK(3)));
  }

  @ParameterizedTest
  @MethodSource("values")
  void textReadsBack(Competition competition) {
    assertThat(Competitions.parse(competition.text())).isEqualTo(competition);
  }

  @Test
  void theRateKeepsItsMeaningInAShortBatch() {
    Lifetime lifetime = new Lifetime(0.05);
    assertThat(lifetime.rule(Shape.of(100, 2000))).contains(new SelectionRule.Lifetime(5));
    assertThat(lifetime.rule(Shape.of(30, 2000))).contains(new SelectionRule.Lifetime(2));
    assertThat(lifetime.rule(Shape.of(3, 2000))).contains(new SelectionRule.Lifetime(1));
    assertThat(new BatchTopK(8).rule(Shape.of(3, 2000))).contains(new SelectionRule.Global(24));
    assertThat(new TopK(8).rule(Shape.of(3, 2000))).contains(new SelectionRule.PerSample(8));
    assertThat(new None().rule(Shape.of(3, 2000))).isEmpty();
  }

  @Test
  void aRateAfterSpatialSparsityIsOneOfTheMapsWinners() {
    Shape maps = Shape.of(32, 128, 28, 28);
    assertThat(new Spatial().then(new Lifetime(0.05)).rule(maps))
        .contains(new SelectionRule.Spatial().then(new SelectionRule.Lifetime(2)));
    assertThat(new Lifetime(0.05).rule(maps)).contains(new SelectionRule.Lifetime(1254));
    assertThat(new None().then(new TopK(8)).rule(maps)).contains(new SelectionRule.PerSample(8));
    assertThat(new Spatial().then(new None()).rule(maps)).contains(new SelectionRule.Spatial());
  }

  @Test
  void spatialSparsityNeedsMaps() {
    assertThatThrownBy(() -> new Spatial().rule(Shape.of(100, 2000)))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("within feature maps");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "lifetime(0) | (0, 1]",
        "lifetime(1.5) | (0, 1]",
        "lifetime | one argument",
        "lifetime(0.1, 0.2) | one argument",
        "lifetime(x) | is not a number",
        "topk(1.5) | whole number",
        "topk(0) | at least one",
        "none(1) | no argument",
        "spatial(1) | no argument",
        "spatial then | is no competition",
        "spatial then lifetime(2) | (0, 1]",
        "spatial lifetime(0.05) | is no competition",
        "lifetim(0.05) | did you mean",
        "squirrel(3) | lifetime(0.05)",
        "lifetime(0.05 | is no competition"
      })
  void wrongTextIsAnsweredWithWhatIsRight(String text, String answer) {
    assertThatThrownBy(() -> Competitions.parse(text))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining(answer);
  }

  /** More than there are is all of them, however large the product. */
  @Test
  void batchTopKOfHugeK() {
    Shape huge = Shape.of(4096, 1 << 20);
    assertThatThrownBy(() -> new BatchTopK(1_000_000).rule(huge))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("4,096,000,000 winners of the code 4096x1048576");
  }
}
