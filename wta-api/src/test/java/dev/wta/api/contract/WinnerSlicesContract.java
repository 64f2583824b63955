package dev.wta.api.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wta.api.contract.support.Codes;
import dev.wta.api.contract.support.RandomValues;
import dev.wta.api.contract.support.Side;
import dev.wta.api.contract.support.Twin;
import dev.wta.api.contract.support.TwinWinners;
import dev.wta.api.op.SelectionRule;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.WinnerList;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What {@link dev.wta.api.op.Memory} makes of winners that are there: copies, and the least. */
public interface WinnerSlicesContract extends Contract {

  /** Winners from every source, of codes that are empty, thin and of odd sizes. */
  static Stream<Arguments> cases() {
    Stream<Arguments> units =
        Stream.of(
                Shape.of(0, 5),
                Shape.of(5, 0),
                Shape.of(1, 1),
                Shape.of(1, 127),
                Shape.of(64, 1),
                Shape.of(13, 131),
                Shape.of(100, 33))
            .flatMap(code -> Codes.ofUnits().stream().map(source -> Arguments.of(source, code)));
    Stream<Arguments> maps =
        Stream.of(Shape.of(3, 4, 5, 7), Shape.of(40, 3, 1, 2))
            .flatMap(code -> Codes.ofMaps().stream().map(source -> Arguments.of(source, code)));
    return Stream.concat(units, maps);
  }

  @ParameterizedTest(name = "slices by unit: {0}, {1}")
  @MethodSource("dev.wta.api.contract.WinnerSlicesContract#cases")
  default void slicesByUnit(Codes.Source source, Shape code) {
    TwinWinners winners = source.make(bench(), code);
    TwinWinners slice = bench().winners(code, winners.capacity() + 2);
    int units = code.extent(1);
    int[][] ranges = {{0, units}, {units / 3, units - units / 3}, {0, 0}, {units - 1, units}};
    for (int[] range : ranges) {
      bench()
          .run(
              s -> s.backend().memory().sliceUnits(s.of(winners), range[0], range[1], s.of(slice)));
      bench().assertSameWinners(slice);
      assertIndexed(slice);
    }
  }

  @ParameterizedTest(name = "slices by rank: {0}, {1}")
  @MethodSource("dev.wta.api.contract.WinnerSlicesContract#cases")
  default void slicesByRank(Codes.Source source, Shape code) {
    TwinWinners winners = source.make(bench(), code);
    TwinWinners slice = bench().winners(code, winners.capacity());
    int[][] ranges = {{0, 1}, {1, 4}, {2, Integer.MAX_VALUE}, {3, 3}};
    for (int[] range : ranges) {
      bench()
          .run(
              s -> s.backend().memory().sliceRanks(s.of(winners), range[0], range[1], s.of(slice)));
      bench().assertSameWinners(slice);
      assertIndexed(slice);
    }
  }

  /** Coefficients of either sign, some of them 0 or NaN. */
  @ParameterizedTest(name = "slices of positive coefficients: {0}, {1}")
  @MethodSource("dev.wta.api.contract.WinnerSlicesContract#cases")
  default void slicesPositive(Codes.Source source, Shape code) {
    TwinWinners winners = source.make(bench(), code);
    TwinWinners slice = bench().winners(code, winners.capacity() + 1);
    float[] values = new RandomValues(195).normal(code);
    for (int i = 0; i < values.length; i++) {
      values[i] = i % 7 == 2 ? Float.NaN : i % 5 == 1 ? 0 : values[i];
    }
    Twin coefficients = bench().coefficients(winners, values);
    bench()
        .run(
            s ->
                s.backend()
                    .memory()
                    .slicePositive(s.of(winners), s.of(coefficients), _ -> s.of(slice)));
    bench().assertSameWinners(slice);
    assertIndexed(slice);
  }

  @Test
  default void positiveSlicesKeepTheCountOfNanAndAskForNoMoreRoomThanTheSource() {
    Shape code = Shape.of(6, 31);
    float[] values = new RandomValues(196).uniform(code, 1, 2);
    values[5] = Float.NaN;
    values[70] = Float.NaN;
    SelectionRule rule = new SelectionRule.PerSample(9);
    Twin activations = bench().input(code, values);
    TwinWinners winners = bench().winners(code, rule);
    bench().run(s -> s.backend().selection().select(s.of(activations), rule, s.of(winners)));
    TwinWinners slice = bench().winners(code, winners.capacity());
    Twin coefficients = bench().coefficients(winners, new RandomValues(197).normal(code));
    bench()
        .run(
            s ->
                s.backend()
                    .memory()
                    .slicePositive(
                        s.of(winners),
                        s.of(coefficients),
                        room -> {
                          assertThat(room).isLessThanOrEqualTo(winners.capacity());
                          return s.of(slice);
                        }));
    bench().assertSameWinners(slice);
    assertThat(slice.on(Side.Kind.REFERENCE).nanCount()).isEqualTo(2);
  }

  /** Values of which many are the same. */
  @Test
  default void ofEqualWinnersTheLowerUnitRanksFirst() {
    Shape code = Shape.of(7, 45);
    Twin activations = bench().input(code, new RandomValues(191).whole(code, 0, 3));
    SelectionRule rule = new SelectionRule.PerSample(40);
    TwinWinners winners = bench().winners(code, rule);
    TwinWinners slice = bench().winners(code, rule);
    bench().run(s -> s.backend().selection().select(s.of(activations), rule, s.of(winners)));
    bench().run(s -> s.backend().memory().sliceRanks(s.of(winners), 5, 33, s.of(slice)));
    bench().assertSameWinners(slice);
  }

  @ParameterizedTest(name = "the least: {0}, {1}")
  @MethodSource("dev.wta.api.contract.WinnerSlicesContract#cases")
  default void theLeast(Codes.Source source, Shape code) {
    TwinWinners winners = source.make(bench(), code);
    Twin least = bench().output(Shape.of(1));
    bench().run(s -> s.backend().memory().least(s.of(winners), s.of(least)));
    bench().assertExact(least);
  }

  @Test
  default void theLeastOfManyWinners() {
    Shape code = Shape.of(70, 300);
    boolean[] wins = new boolean[(int) code.size()];
    float[] values = new RandomValues(192).uniform(code, 1, 2);
    for (int i = 0; i < wins.length; i++) {
      wins[i] = i % 7 != 3;
    }
    values[values.length - 1] = 0.5f;
    WinnerList list = Codes.list(code, wins, values);
    TwinWinners winners = bench().winners(code, list.count());
    Twin least = bench().output(Shape.of(1));
    bench().run(s -> s.backend().memory().upload(list, s.of(winners)));
    bench().run(s -> s.backend().memory().least(s.of(winners), s.of(least)));
    bench().assertExact(least);
  }

  @ParameterizedTest(name = "spread: {0}, {1}")
  @MethodSource("dev.wta.api.contract.WinnerSlicesContract#cases")
  default void spreads(Codes.Source source, Shape code) {
    TwinWinners winners = source.make(bench(), code);
    int[] extents = code.extents();
    extents[1] = 3 * code.extent(1) + 1;
    TwinWinners spread = bench().winners(Shape.of(extents), winners.capacity() + 1);
    Twin coefficients = bench().coefficients(winners, new RandomValues(193).normal(code));
    int[] units = IntStream.range(0, code.extent(1)).map(u -> 3 * u + u % 2).toArray();
    bench()
        .run(
            s ->
                s.backend()
                    .memory()
                    .spread(s.of(winners), s.of(coefficients), units, s.of(spread)));
    bench().assertSameWinners(spread);
    assertIndexed(spread);
  }

  /** Copies can be walked by unit, and by sample: what a rank needs. */
  private void assertIndexed(TwinWinners winners) {
    Shape code = winners.code();
    Twin coefficients = bench().coefficients(winners, new RandomValues(194).normal(code));
    Twin sums = bench().output(Shape.of(code.extent(1)));
    bench()
        .runSum(s -> s.backend().sparse().unitSums(s.of(winners), s.of(coefficients), s.of(sums)));
    bench().assertSum(sums, code.size() / Math.max(1, code.extent(1)));
    TwinWinners first = bench().winners(code, winners.capacity());
    bench().run(s -> s.backend().memory().sliceRanks(s.of(winners), 0, 2, s.of(first)));
    bench().assertSameWinners(first);
  }
}
