package dev.wta.api.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wta.api.contract.support.RandomValues;
import dev.wta.api.contract.support.Side;
import dev.wta.api.contract.support.Twin;
import dev.wta.api.contract.support.TwinWinners;
import dev.wta.api.op.SelectionRule;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.WinnerList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * {@link dev.wta.api.op.Selection#select}: the reference's winners exactly, since nothing is
 * rounded.
 */
public interface SelectionContract extends Contract {

  static Stream<Shape> codes() {
    return Stream.of(
        Shape.of(0, 7),
        Shape.of(7, 0),
        Shape.of(1, 1),
        Shape.of(1, 31),
        Shape.of(31, 1),
        Shape.of(13, 8),
        Shape.of(100, 37),
        Shape.of(64, 127),
        Shape.of(1021, 13),
        Shape.of(7, 1021),
        Shape.of(0, 3, 4, 4),
        Shape.of(1, 1, 1, 1),
        Shape.of(2, 3, 1, 7),
        Shape.of(13, 5, 4, 3),
        Shape.of(8, 17, 9, 7));
  }

  /** Every kind of rule, with few winners, many, all, and more than there are. */
  static List<SelectionRule> rules(Shape code) {
    int group = code.extent(1) == 0 ? 1 : (int) Math.max(1, code.size() / code.extent(1));
    int row = Math.max(1, code.rowSize());
    int all = (int) Math.max(1, code.size());
    SelectionRule lifetime = new SelectionRule.Lifetime(SelectionRule.winnersAt(0.05, group));
    List<SelectionRule> rules =
        List.of(
            lifetime,
            new SelectionRule.Lifetime(1),
            new SelectionRule.Lifetime(Math.ceilDiv(group, 3)),
            new SelectionRule.Lifetime(group),
            new SelectionRule.Lifetime(group + 3),
            new SelectionRule.PerSample(1),
            new SelectionRule.PerSample(SelectionRule.winnersAt(0.1, row)),
            new SelectionRule.PerSample(row),
            new SelectionRule.PerSample(row + 3),
            new SelectionRule.Global(1),
            new SelectionRule.Global(SelectionRule.winnersAt(0.07, all)),
            new SelectionRule.Global(all),
            new SelectionRule.Global(all + 3),
            new SelectionRule.PerSample(5).then(new SelectionRule.Lifetime(2)),
            new SelectionRule.Lifetime(3).then(new SelectionRule.Global(9)),
            new SelectionRule.Global(50)
                .then(new SelectionRule.PerSample(3))
                .then(new SelectionRule.Lifetime(2)));
    if (code.rank() == 2) {
      return rules;
    }
    List<SelectionRule> spatial =
        List.of(
            new SelectionRule.Spatial(),
            new SelectionRule.Spatial().then(new SelectionRule.Lifetime(1)),
            new SelectionRule.Spatial().then(new SelectionRule.Lifetime(2)),
            new SelectionRule.Spatial().then(new SelectionRule.PerSample(2)),
            new SelectionRule.Lifetime(7).then(new SelectionRule.Spatial()));
    return Stream.concat(rules.stream(), spatial.stream()).toList();
  }

  @ParameterizedTest(name = "distinct activations of {0}")
  @MethodSource("dev.wta.api.contract.SelectionContract#codes")
  default void selectsTheLargest(Shape code) {
    checkAll(code, new RandomValues(70).normal(code));
  }

  @ParameterizedTest(name = "ties in {0}")
  @MethodSource("dev.wta.api.contract.SelectionContract#codes")
  default void tiesGoToTheLowerIndex(Shape code) {
    checkAll(code, new RandomValues(71).whole(code, -1, 2));
    float[] alike = new float[(int) code.size()];
    Arrays.fill(alike, 0.5f);
    checkAll(code, alike);
  }

  @ParameterizedTest(name = "NaN and infinities in {0}")
  @MethodSource("dev.wta.api.contract.SelectionContract#codes")
  default void nanNeverWins(Shape code) {
    float[] values = new RandomValues(72).normal(code);
    new RandomValues(73).sprinkle(values, Float.POSITIVE_INFINITY, 0.02);
    new RandomValues(74).sprinkle(values, Float.NEGATIVE_INFINITY, 0.02);
    new RandomValues(75).sprinkle(values, Float.NaN, 0.1);
    checkAll(code, values);
    float[] nothingElse = new float[(int) code.size()];
    Arrays.fill(nothingElse, Float.NaN);
    checkAll(code, nothingElse);
  }

  @ParameterizedTest(name = "mostly negative {0}")
  @MethodSource("dev.wta.api.contract.SelectionContract#codes")
  default void whatIsNotPositiveIsDropped(Shape code) {
    float[] values = new RandomValues(76).uniform(code, -2, 0.1f);
    new RandomValues(77).sprinkle(values, 0, 0.2);
    new RandomValues(78).sprinkle(values, -0.0f, 0.1);
    checkAll(code, values);
    float[] negative = new RandomValues(79).uniform(code, -2, -1);
    checkAll(code, negative);
  }

  @ParameterizedTest(name = "rectified {0}")
  @MethodSource("dev.wta.api.contract.SelectionContract#codes")
  default void selectsFromRectifiedCodes(Shape code) {
    float[] values = new RandomValues(80).normal(code);
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.max(0, values[i] - 1);
    }
    checkAll(code, values);
  }

  private void checkAll(Shape code, float[] values) {
    for (SelectionRule rule : rules(code)) {
      Twin activations = bench().input(code, values);
      TwinWinners winners = bench().winners(code, rule);
      bench().run(s -> s.backend().selection().select(s.of(activations), rule, s.of(winners)));
      assertThat(rule).satisfies(_ -> bench().assertSameWinners(winners));
      bench().release();
    }
  }

  @ParameterizedTest(name = "thresholds over {0}")
  @MethodSource("dev.wta.api.contract.SelectionContract#codes")
  default void whateverExceedsItsThresholdWins(Shape code) {
    Shape units = Shape.of(code.extent(1));
    float[] levels = new RandomValues(81).uniform(units, -1, 1);
    new RandomValues(82).sprinkle(levels, Float.NaN, 0.1);
    new RandomValues(83).sprinkle(levels, Float.POSITIVE_INFINITY, 0.1);
    float[] values = new RandomValues(84).normal(code);
    new RandomValues(85).sprinkle(values, Float.NaN, 0.05);
    int positions = code.rank() == 2 ? 1 : code.extent(2) * code.extent(3);
    for (int i = 0; i < values.length; i += 5) {
      values[i] = levels[i / positions % levels.length]; // no higher than the threshold
    }
    Twin activations = bench().input(code, values);
    Twin thresholds = bench().input(units, levels);
    TwinWinners winners = bench().winners(code, (int) code.size());
    bench()
        .run(
            s ->
                s.backend()
                    .selection()
                    .select(s.of(activations), s.above(thresholds), s.of(winners)));
    bench().assertSameWinners(winners);
    bench()
        .run(
            s ->
                s.backend()
                    .selection()
                    .select(
                        s.of(activations),
                        s.above(thresholds).then(new SelectionRule.PerSample(2)),
                        s.of(winners)));
    bench().assertSameWinners(winners);
  }

  /** More than are put in order by counting, or in one piece; twice, since threads vary. */
  @Test
  default void aUnitMayHaveThousandsOfWinners() {
    Shape code = Shape.of(3001, 2);
    Twin activations = bench().input(code, new RandomValues(89).uniform(code, 0.1f, 2));
    Twin thresholds = bench().input(Shape.of(2), 0, 1);
    TwinWinners winners = bench().winners(code, (int) code.size());
    for (int time = 0; time < 2; time++) {
      bench()
          .run(
              s -> {
                s.backend()
                    .selection()
                    .select(s.of(activations), s.above(thresholds), s.of(winners));
                s.backend().dense().affine(1, s.of(thresholds), 0, s.of(thresholds));
              });
      bench().assertSameWinners(winners);
    }
  }

  @Test
  default void aSelectionReplacesTheLastOne() {
    Shape code = Shape.of(31, 13);
    TwinWinners winners = bench().winners(code, (int) code.size());
    float[] many = new RandomValues(86).uniform(code, 1, 2);
    many[7] = Float.NaN;
    Twin first = bench().input(code, many);
    Twin second = bench().input(code, new RandomValues(87).normal(code));
    for (SelectionRule rule : rules(code)) {
      bench()
          .run(
              s -> {
                s.backend()
                    .selection()
                    .select(
                        s.of(first), new SelectionRule.Global((int) code.size()), s.of(winners));
                s.backend().selection().select(s.of(second), rule, s.of(winners));
              });
      bench().assertSameWinners(winners);
    }
  }

  /** The last batch of an epoch is short: winners of a smaller code, and k of the smaller group. */
  @Test
  default void aShortLastBatchHasItsOwnK() {
    Shape full = Shape.of(100, 16);
    Shape last = Shape.of(30, 16);
    for (Shape code : List.of(full, last)) {
      SelectionRule rule = new SelectionRule.Lifetime(SelectionRule.winnersAt(0.05, code.rows()));
      Twin activations = bench().input(code, new RandomValues(88).uniform(code, 1, 2));
      TwinWinners winners = bench().winners(code, rule);
      bench().run(s -> s.backend().selection().select(s.of(activations), rule, s.of(winners)));
      WinnerList list = bench().tested().memory().download(winners.on(Side.Kind.TESTED));
      int k = code.rows() == 100 ? 5 : 2;
      for (int u = 0; u < 16; u++) {
        int unit = u;
        assertThat(Arrays.stream(list.units()).filter(winner -> winner == unit)).hasSize(k);
      }
      bench().assertSameWinners(winners);
    }
  }
}
