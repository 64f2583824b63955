package dev.wta.api.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wta.api.Rule;
import dev.wta.api.Shape;
import dev.wta.api.WinnerList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * {@link dev.wta.api.Competition#select}: the reference's winners exactly, since nothing is
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
  static List<Rule> rules(Shape code) {
    int group = code.extent(1) == 0 ? 1 : (int) Math.max(1, code.size() / code.extent(1));
    int row = Math.max(1, code.rowSize());
    int all = (int) Math.max(1, code.size());
    Rule lifetime = new Rule.PerColumn(Rule.winnersAt(0.05, group));
    List<Rule> rules =
        List.of(
            lifetime,
            new Rule.PerColumn(1),
            new Rule.PerColumn(Math.ceilDiv(group, 3)),
            new Rule.PerColumn(group),
            new Rule.PerColumn(group + 3),
            new Rule.PerRow(1),
            new Rule.PerRow(Rule.winnersAt(0.1, row)),
            new Rule.PerRow(row),
            new Rule.PerRow(row + 3),
            new Rule.Global(1),
            new Rule.Global(Rule.winnersAt(0.07, all)),
            new Rule.Global(all),
            new Rule.Global(all + 3),
            new Rule.PerRow(5).then(new Rule.PerColumn(2)),
            new Rule.PerColumn(3).then(new Rule.Global(9)),
            new Rule.Global(50).then(new Rule.PerRow(3)).then(new Rule.PerColumn(2)));
    if (code.rank() == 2) {
      return rules;
    }
    List<Rule> spatial =
        List.of(
            new Rule.Spatial(),
            new Rule.Spatial().then(new Rule.PerColumn(1)),
            new Rule.Spatial().then(new Rule.PerColumn(2)),
            new Rule.Spatial().then(new Rule.PerRow(2)),
            new Rule.PerColumn(7).then(new Rule.Spatial()));
    return Stream.concat(rules.stream(), spatial.stream()).toList();
  }

  @ParameterizedTest(name = "distinct activations of {0}")
  @MethodSource("dev.wta.api.contract.SelectionContract#codes")
  default void selectsTheLargest(Shape code) {
    checkAll(code, new Draw(70).normal(code));
  }

  @ParameterizedTest(name = "ties in {0}")
  @MethodSource("dev.wta.api.contract.SelectionContract#codes")
  default void tiesGoToTheLowerIndex(Shape code) {
    checkAll(code, new Draw(71).whole(code, -1, 2));
    float[] alike = new float[(int) code.size()];
    Arrays.fill(alike, 0.5f);
    checkAll(code, alike);
  }

  @ParameterizedTest(name = "NaN and infinities in {0}")
  @MethodSource("dev.wta.api.contract.SelectionContract#codes")
  default void nanNeverWins(Shape code) {
    float[] values = new Draw(72).normal(code);
    new Draw(73).sprinkle(values, Float.POSITIVE_INFINITY, 0.02);
    new Draw(74).sprinkle(values, Float.NEGATIVE_INFINITY, 0.02);
    new Draw(75).sprinkle(values, Float.NaN, 0.1);
    checkAll(code, values);
    float[] nothingElse = new float[(int) code.size()];
    Arrays.fill(nothingElse, Float.NaN);
    checkAll(code, nothingElse);
  }

  @ParameterizedTest(name = "mostly negative {0}")
  @MethodSource("dev.wta.api.contract.SelectionContract#codes")
  default void whatIsNotPositiveIsDropped(Shape code) {
    float[] values = new Draw(76).uniform(code, -2, 0.1f);
    new Draw(77).sprinkle(values, 0, 0.2);
    new Draw(78).sprinkle(values, -0.0f, 0.1);
    checkAll(code, values);
    float[] negative = new Draw(79).uniform(code, -2, -1);
    checkAll(code, negative);
  }

  @ParameterizedTest(name = "rectified {0}")
  @MethodSource("dev.wta.api.contract.SelectionContract#codes")
  default void selectsFromRectifiedCodes(Shape code) {
    float[] values = new Draw(80).normal(code);
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.max(0, values[i] - 1);
    }
    checkAll(code, values);
  }

  private void checkAll(Shape code, float[] values) {
    for (Rule rule : rules(code)) {
      Twin activations = bench().input(code, values);
      TwinWinners winners = bench().winners(code, rule);
      bench().run(s -> s.backend().competition().select(s.of(activations), rule, s.of(winners)));
      assertThat(rule).satisfies(_ -> bench().assertSameWinners(winners));
      bench().release();
    }
  }

  @ParameterizedTest(name = "thresholds over {0}")
  @MethodSource("dev.wta.api.contract.SelectionContract#codes")
  default void whateverExceedsItsThresholdWins(Shape code) {
    Shape units = Shape.of(code.extent(1));
    float[] levels = new Draw(81).uniform(units, -1, 1);
    new Draw(82).sprinkle(levels, Float.NaN, 0.1);
    new Draw(83).sprinkle(levels, Float.POSITIVE_INFINITY, 0.1);
    float[] values = new Draw(84).normal(code);
    new Draw(85).sprinkle(values, Float.NaN, 0.05);
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
                    .competition()
                    .select(s.of(activations), s.above(thresholds), s.of(winners)));
    bench().assertSameWinners(winners);
    bench()
        .run(
            s ->
                s.backend()
                    .competition()
                    .select(
                        s.of(activations),
                        s.above(thresholds).then(new Rule.PerRow(2)),
                        s.of(winners)));
    bench().assertSameWinners(winners);
  }

  @Test
  default void aSelectionReplacesTheLastOne() {
    Shape code = Shape.of(31, 13);
    TwinWinners winners = bench().winners(code, (int) code.size());
    float[] many = new Draw(86).uniform(code, 1, 2);
    many[7] = Float.NaN;
    Twin first = bench().input(code, many);
    Twin second = bench().input(code, new Draw(87).normal(code));
    for (Rule rule : rules(code)) {
      bench()
          .run(
              s -> {
                s.backend()
                    .competition()
                    .select(s.of(first), new Rule.Global((int) code.size()), s.of(winners));
                s.backend().competition().select(s.of(second), rule, s.of(winners));
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
      Rule rule = new Rule.PerColumn(Rule.winnersAt(0.05, code.rows()));
      Twin activations = bench().input(code, new Draw(88).uniform(code, 1, 2));
      TwinWinners winners = bench().winners(code, rule);
      bench().run(s -> s.backend().competition().select(s.of(activations), rule, s.of(winners)));
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
