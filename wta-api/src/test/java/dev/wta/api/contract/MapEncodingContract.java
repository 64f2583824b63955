package dev.wta.api.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wta.api.contract.ConvolutionContract.Geometry;
import dev.wta.api.contract.support.RandomValues;
import dev.wta.api.contract.support.Side;
import dev.wta.api.contract.support.Tolerance;
import dev.wta.api.contract.support.Twin;
import dev.wta.api.contract.support.TwinWinners;
import dev.wta.api.op.SelectionRule;
import dev.wta.api.op.Window;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.WinnerList;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * {@link dev.wta.api.op.Selection#encodeWinners} of feature maps: convolution, ReLU and selection
 * in one.
 *
 * <p>Sums of small whole numbers have no rounding, so they leave the very winners of the reference,
 * ties and all. That is asked for where there are few channels only: where there are many, a
 * backend may convolve by way of transforms, which round.
 */
public interface MapEncodingContract extends Contract {
  Geometry MANY_CHANNELS = Geometry.of(5, 33, 13, 10, 21, new Window(5, 5, 2));

  Geometry MANY_CHANNELS_NO_POSITION = Geometry.of(2, 33, 4, 9, 21, new Window(5, 5, 0));

  /** Geometries whose sums are checked to within rounding. */
  static Stream<Geometry> all() {
    return Stream.concat(
        ConvolutionContract.geometries(), Stream.of(MANY_CHANNELS, MANY_CHANNELS_NO_POSITION));
  }

  @ParameterizedTest(name = "exact maps: {0}")
  @MethodSource("dev.wta.api.contract.ConvolutionContract#geometries")
  default void encodesMapsExactly(Geometry geometry) {
    RandomValues random = new RandomValues(94);
    float[] images = random.whole(geometry.images(), -2, 2);
    float[] filters = random.whole(geometry.filters(), -2, 2);
    float[] bias = random.whole(Shape.of(geometry.maps()), -3, 3);
    for (int map = 1; map < bias.length; map += 3) {
      bias[map] = -1e5f; // never positive
    }
    checkExactly(geometry, images, filters, bias);
  }

  @Test
  default void nanInAPixelLosesWhereItIsSeenAndIsCounted() {
    Geometry geometry = Geometry.of(3, 2, 9, 8, 5, new Window(4, 3, 1));
    RandomValues random = new RandomValues(95);
    float[] images = random.whole(geometry.images(), -2, 2);
    images[30] = Float.NaN;
    images[250] = Float.NaN;
    float[] filters = random.whole(geometry.filters(), -2, 2);
    float[] bias = random.whole(Shape.of(geometry.maps()), -2, 2);
    checkExactly(geometry, images, filters, bias);
    float[] nanBias = bias.clone();
    nanBias[2] = Float.NaN;
    checkExactly(geometry, images, filters, nanBias);
  }

  @Test
  default void nanIsCountedAmongManyChannels() {
    Geometry geometry = MANY_CHANNELS;
    RandomValues random = new RandomValues(96);
    float[] images = random.normal(geometry.images());
    images[777] = Float.NaN;
    images[3000] = Float.POSITIVE_INFINITY;
    float[] filters = random.normal(geometry.filters());
    Operands operands =
        operands(geometry, images, filters, random.normal(Shape.of(geometry.maps())));
    TwinWinners winners =
        encode(geometry, operands, new SelectionRule.Spatial().then(new SelectionRule.Lifetime(2)));
    assertThat(winners.on(Side.Kind.TESTED).nanCount())
        .isEqualTo(winners.on(Side.Kind.REFERENCE).nanCount());
  }

  private void checkExactly(Geometry geometry, float[] images, float[] filters, float[] bias) {
    Operands operands = operands(geometry, images, filters, bias);
    for (SelectionRule rule : SelectionContract.rules(geometry.code())) {
      assertThat(rule).satisfies(_ -> bench().assertSameWinners(encode(geometry, operands, rule)));
    }
    Twin thresholds = bench().input(Shape.of(geometry.maps()), levels(geometry.maps()));
    TwinWinners winners = bench().winners(geometry.code(), (int) geometry.code().size());
    bench()
        .run(
            s ->
                s.backend()
                    .selection()
                    .encodeWinners(
                        s.of(operands.images()),
                        s.of(operands.filters()),
                        Optional.of(geometry.window()),
                        s.of(operands.bias()),
                        s.above(thresholds),
                        s.of(winners)));
    bench().assertSameWinners(winners);
  }

  private static float[] levels(int maps) {
    return new RandomValues(97).whole(Shape.of(maps), -3, 3);
  }

  /**
   * Where activations differ by less than rounding, either may win: a winner's exact activation is
   * no further below its map's largest than that, and the map's no further below the k-th of its
   * unit.
   */
  @ParameterizedTest(name = "rounded maps: {0}")
  @MethodSource("dev.wta.api.contract.MapEncodingContract#all")
  default void encodesMapsToWithinRounding(Geometry geometry) {
    RandomValues random = new RandomValues(98);
    int k = 2;
    Operands operands =
        operands(
            geometry,
            random.normal(geometry.images()),
            random.normal(geometry.filters()),
            random.normal(Shape.of(geometry.maps())));
    TwinWinners winners =
        encode(geometry, operands, new SelectionRule.Spatial().then(new SelectionRule.Lifetime(k)));
    Twin maps = bench().output(geometry.code()); // before the ReLU
    bench()
        .runSum(
            s ->
                s.backend()
                    .convolution()
                    .forward(
                        s.of(operands.images()),
                        s.of(operands.filters()),
                        geometry.window(),
                        s.epilogue(Optional.of(operands.bias()), false),
                        s.of(maps)));
    WinnerList list = bench().tested().memory().download(winners.on(Side.Kind.TESTED));
    float[] code = bench().expected(maps);
    float[] magnitudes = bench().magnitudes(maps);
    for (int unit = 0; unit < geometry.maps(); unit++) {
      checkUnit(geometry, code, magnitudes, unit, k, list);
    }
  }

  private static void checkUnit(
      Geometry geometry, float[] code, float[] magnitudes, int unit, int k, WinnerList list) {
    int samples = geometry.code().rows();
    int positions = geometry.code().extent(2) * geometry.code().extent(3);
    double[] best = new double[samples];
    double magnitude = 0;
    for (int n = 0; n < samples; n++) {
      int map = (n * geometry.maps() + unit) * positions;
      best[n] = Double.NEGATIVE_INFINITY;
      for (int p = map; p < map + positions; p++) {
        best[n] = Math.max(best[n], code[p]);
        magnitude = Math.max(magnitude, magnitudes[p]);
      }
    }
    long terms = (long) geometry.images().extent(1) * geometry.taps() + 1;
    double rounding = Tolerance.ofSum(terms, magnitude);
    double[] sorted = best.clone();
    Arrays.sort(sorted);
    double threshold = samples < k ? 0 : sorted[samples - k];
    long count = 0;
    for (int w = 0; w < list.count(); w++) {
      if (list.units()[w] == unit) {
        count++;
        int map = (list.samples()[w] * geometry.maps() + unit) * positions;
        double exact = code[map + list.positions()[w]];
        assertThat((double) list.values()[w])
            .as("sample %d of unit %d", list.samples()[w], unit)
            .isBetween(exact - rounding, exact + rounding)
            .isPositive();
        assertThat(exact)
            .as("sample %d of unit %d, a winner", list.samples()[w], unit)
            .isGreaterThanOrEqualTo(best[list.samples()[w]] - 2 * rounding)
            .isGreaterThanOrEqualTo(threshold - 2 * rounding);
      }
    }
    assertThat(count)
        .as("the winners of unit %d", unit)
        .isBetween(
            Math.min(k, Arrays.stream(best).filter(a -> a > rounding).count()),
            Math.min(k, Arrays.stream(best).filter(a -> a > -rounding).count()));
  }

  /** What an encoder reads. */
  record Operands(Twin images, Twin filters, Twin bias) {}

  private Operands operands(Geometry geometry, float[] images, float[] filters, float[] bias) {
    return new Operands(
        bench().input(geometry.images(), images),
        bench().input(geometry.filters(), filters),
        bench().input(Shape.of(geometry.maps()), bias));
  }

  private TwinWinners encode(Geometry geometry, Operands operands, SelectionRule rule) {
    TwinWinners winners = bench().winners(geometry.code(), rule);
    bench()
        .run(
            s ->
                s.backend()
                    .selection()
                    .encodeWinners(
                        s.of(operands.images()),
                        s.of(operands.filters()),
                        Optional.of(geometry.window()),
                        s.of(operands.bias()),
                        rule,
                        s.of(winners)));
    return winners;
  }
}
