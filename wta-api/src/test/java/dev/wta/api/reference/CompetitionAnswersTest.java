package dev.wta.api.reference;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wta.api.op.SelectionRule;
import dev.wta.api.op.Window;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.api.tensor.WinnerList;
import dev.wta.api.tensor.Winners;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CompetitionAnswersTest extends KnownAnswers {
  private static final float NAN = Float.NaN;

  /** Three samples of four units. */
  private final Tensor code =
      tensor(
          Shape.of(3, 4),
          new float[] {
            1, 5, -1, 2, //
            2, 5, -2, 8, //
            3, 4, -3, 9
          });

  @Test
  void lifetimeKeepsEachUnitsLargest() {
    assertWinners(select(code, new SelectionRule.Lifetime(1)), 0, 5, 0, 0, 0, 0, 0, 0, 3, 0, 0, 9);
    assertWinners(select(code, new SelectionRule.Lifetime(2)), 0, 5, 0, 0, 2, 5, 0, 8, 3, 0, 0, 9);
    Winners all = select(code, new SelectionRule.Lifetime(7));
    assertThat(all.count()).as("all but the third unit's, which are negative").isEqualTo(9);
  }

  @Test
  void topKKeepsEachSamplesLargest() {
    assertWinners(select(code, new SelectionRule.PerSample(1)), 0, 5, 0, 0, 0, 0, 0, 8, 0, 0, 0, 9);
    assertWinners(select(code, new SelectionRule.PerSample(2)), 0, 5, 0, 2, 0, 5, 0, 8, 0, 4, 0, 9);
  }

  @Test
  void batchTopKKeepsTheBatchsLargest() {
    // The third of them is the tie of the two 5s: the lower sample.
    assertWinners(select(code, new SelectionRule.Global(3)), 0, 5, 0, 0, 0, 0, 0, 8, 0, 0, 0, 9);
  }

  @Test
  void thresholdsAreExceededNotMet() {
    Tensor thresholds = vector(2, 4, -5, NAN);
    assertWinners(
        select(code, new SelectionRule.Above(thresholds)), 0, 5, 0, 0, 0, 5, 0, 0, 3, 0, 0, 0);
  }

  @Test
  void exactlyKWinAtATie() {
    Tensor alike = tensor(Shape.of(3, 2), 1, 1, 1, 1, 1, 1);
    assertWinners(select(alike, new SelectionRule.Lifetime(2)), 1, 1, 1, 1, 0, 0);
    assertWinners(select(alike, new SelectionRule.PerSample(1)), 1, 0, 1, 0, 1, 0);
    assertWinners(select(alike, new SelectionRule.Global(3)), 1, 1, 1, 0, 0, 0);
  }

  @Test
  void nanNeverWinsAndIsCounted() {
    Tensor spoilt = tensor(Shape.of(2, 3), NAN, 1, NAN, 2, Float.POSITIVE_INFINITY, NAN);
    Winners winners = select(spoilt, new SelectionRule.Lifetime(1));
    assertWinners(winners, 0, 0, 0, 2, Float.POSITIVE_INFINITY, 0);
    assertThat(winners.nanCount()).isEqualTo(3);
    assertThat(winners.count()).isEqualTo(2);
  }

  @Test
  void zerosAndLessTakeAPlaceAndAreDropped() {
    Tensor mixed = tensor(Shape.of(3, 1), -1, 0, -0.0f);
    Winners winners = select(mixed, new SelectionRule.Lifetime(2));
    assertThat(winners.count()).isZero();
    assertWinners(winners, 0, 0, 0);
  }

  @Test
  void spatialSparsityKeepsEachMapsLargest() {
    Tensor maps = tensor(Shape.of(2, 2, 1, 3), 1, 3, 3, -1, -2, 0, 5, 4, 4, 1, 2, 9);
    Winners winners = select(maps, new SelectionRule.Spatial());
    assertWinners(winners, 0, 3, 0, 0, 0, 0, 5, 0, 0, 0, 0, 9);
  }

  @Test
  void theSecondRuleChoosesAmongTheFirstsWinners() {
    Tensor maps = tensor(Shape.of(2, 2, 1, 3), 1, 6, 7, 1, 2, 3, 5, 4, 4, 1, 2, 9);
    // Of the first unit, 7 is its best spatial winner; 6 beats 5, but is none.
    assertWinners(
        select(maps, new SelectionRule.Spatial().then(new SelectionRule.Lifetime(1))),
        new float[] {0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 0, 9});
    assertWinners(
        select(maps, new SelectionRule.Spatial().then(new SelectionRule.Lifetime(2))),
        new float[] {0, 0, 7, 0, 0, 3, 5, 0, 0, 0, 0, 9});
    assertWinners(
        select(maps, new SelectionRule.Lifetime(2).then(new SelectionRule.Spatial())),
        new float[] {0, 0, 7, 0, 0, 3, 0, 0, 0, 0, 0, 9});
  }

  @Test
  void lifetimeThenTopKLeavesFewer() {
    SelectionRule rule = new SelectionRule.Lifetime(1).then(new SelectionRule.PerSample(1));
    assertWinners(select(code, rule), 0, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9);
  }

  @Test
  void winnersAreListedByUnitThenSampleThenPosition() {
    Tensor maps = tensor(Shape.of(2, 2, 1, 2), 1, 2, 3, 4, 5, 6, 7, 8);
    WinnerList list = backend.memory().download(select(maps, new SelectionRule.Global(5)));
    assertThat(list.units()).containsExactly(0, 0, 1, 1, 1);
    assertThat(list.samples()).containsExactly(1, 1, 0, 1, 1);
    assertThat(list.positions()).containsExactly(0, 1, 1, 0, 1);
    assertThat(list.values()).containsExactly(5, 6, 4, 7, 8);
  }

  @Test
  void encodingIsProductBiasReluSelection() {
    Tensor x = tensor(Shape.of(2, 2), 1, 2, 3, -1);
    Tensor weights = tensor(Shape.of(3, 2), 1, 0, 0, 1, -1, -1);
    Winners winners = backend.memory().allocateWinners(Shape.of(2, 3), 6);
    backend
        .selection()
        .encodeWinners(
            x,
            weights,
            Optional.empty(),
            vector(0, 0.5f, 0),
            new SelectionRule.Lifetime(1),
            winners);
    assertWinners(winners, 0, 2.5f, 0, 3, 0, 0);
  }

  @Test
  void encodingMapsIsConvolutionBiasReluSelection() {
    Tensor images = tensor(Shape.of(2, 1, 1, 3), 1, 2, 3, 3, 0, -1);
    Tensor filters = tensor(Shape.of(2, 1, 1, 2), 1, 1, 0, -1);
    Winners winners = backend.memory().allocateWinners(Shape.of(2, 2, 1, 2), 4);
    backend
        .selection()
        .encodeWinners(
            images,
            filters,
            Optional.of(new Window(1, 2, 0)),
            vector(0.5f, 0),
            new SelectionRule.Spatial().then(new SelectionRule.Lifetime(1)),
            winners);
    assertWinners(winners, 0, 5.5f, 0, 0, 0, 0, 0, 1);
  }

  @Test
  void anEmptyBatchHasNoWinners() {
    Winners winners = select(output(0, 4), new SelectionRule.Lifetime(3));
    assertThat(winners.count()).isZero();
    assertThat(winners.capacity()).isZero();
  }
}
