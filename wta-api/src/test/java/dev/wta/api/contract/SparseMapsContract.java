package dev.wta.api.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wta.api.contract.ConvolutionContract.Geometry;
import dev.wta.api.contract.support.Codes;
import dev.wta.api.contract.support.RandomValues;
import dev.wta.api.contract.support.Tolerance;
import dev.wta.api.contract.support.Twin;
import dev.wta.api.contract.support.TwinTerm;
import dev.wta.api.contract.support.TwinWinners;
import dev.wta.api.op.Epilogue;
import dev.wta.api.op.Gradient;
import dev.wta.api.op.Sparse;
import dev.wta.api.op.Window;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.WinnerList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@link dev.wta.api.op.Sparse} for feature maps. */
public interface SparseMapsContract extends Contract {

  /** More places than these do not all win: {@link LongSumsContract} has many winners. */
  int MOST_THAT_ALL_WIN = 10_000;

  static Stream<Arguments> cases() {
    return ConvolutionContract.geometries()
        .flatMap(
            geometry ->
                Codes.ofMaps().stream()
                    .filter(s -> s.sparse() || geometry.code().size() <= MOST_THAT_ALL_WIN)
                    .map(source -> Arguments.of(source, geometry)));
  }

  @ParameterizedTest(name = "decode: {0}, {1}")
  @MethodSource("dev.wta.api.contract.SparseMapsContract#cases")
  default void decodeMaps(Codes.Source source, Geometry geometry) {
    TwinWinners winners = source.make(bench(), geometry.code());
    Twin coefficients =
        bench().coefficients(winners, new RandomValues(130).normal(geometry.code()));
    Twin filters =
        bench().input(geometry.filters(), new RandomValues(131).normal(geometry.filters()));
    Shape channels = Shape.of(geometry.images().extent(1));
    Optional<Twin> bias =
        Optional.of(bench().input(channels, new RandomValues(132).normal(channels)));
    for (Optional<Twin> offset : List.of(bias, Optional.<Twin>empty())) {
      Twin images = bench().output(geometry.images());
      bench()
          .runSum(
              s ->
                  s.backend()
                      .sparse()
                      .decode(
                          s.of(winners),
                          s.of(coefficients),
                          s.of(filters),
                          Optional.of(geometry.window()),
                          s.of(offset),
                          s.of(images)));
      bench().assertSum(images, terms(geometry) + 1L);
    }
  }

  /** The same by way of the dense code: scattered, then convolved. */
  @ParameterizedTest(name = "dense twin: {0}, {1}")
  @MethodSource("dev.wta.api.contract.SparseMapsContract#cases")
  default void decodeMapsIsTheTransposedConvolutionOfTheScatteredCode(
      Codes.Source source, Geometry geometry) {
    TwinWinners winners = source.make(bench(), geometry.code());
    Twin coefficients =
        bench().coefficients(winners, new RandomValues(133).normal(geometry.code()));
    Twin filters =
        bench().input(geometry.filters(), new RandomValues(134).normal(geometry.filters()));
    Twin images = bench().output(geometry.images());
    Twin code = bench().output(geometry.code());
    Twin convolved = bench().output(geometry.images());
    bench()
        .runSum(
            s -> {
              var sparse = s.backend().sparse();
              sparse.decode(
                  s.of(winners),
                  s.of(coefficients),
                  s.of(filters),
                  Optional.of(geometry.window()),
                  Optional.empty(),
                  s.of(images));
              sparse.scatter(s.of(winners), s.of(coefficients), s.of(code));
              s.backend()
                  .convolution()
                  .transposed(
                      s.of(code), s.of(filters), geometry.window(), Epilogue.NONE, s.of(convolved));
            });
    float[] direct = bench().download(images);
    float[] roundabout = bench().download(convolved);
    float[] magnitudes = bench().magnitudes(images);
    for (int i = 0; i < direct.length; i++) {
      double tolerance = 2 * Tolerance.ofSum(terms(geometry), magnitudes[i]);
      assertThat(Math.abs(direct[i] - roundabout[i]))
          .as("pixel %d", i)
          .isLessThan((float) tolerance);
    }
  }

  @ParameterizedTest(name = "code gradient: {0}, {1}")
  @MethodSource("dev.wta.api.contract.SparseMapsContract#cases")
  default void codeGradientMaps(Codes.Source source, Geometry geometry) {
    TwinWinners winners = source.make(bench(), geometry.code());
    Twin slope = bench().input(geometry.images(), new RandomValues(135).normal(geometry.images()));
    Twin filters =
        bench().input(geometry.filters(), new RandomValues(136).normal(geometry.filters()));
    Twin coefficients = bench().output(Shape.of(winners.capacity()));
    bench()
        .runSum(
            s ->
                s.backend()
                    .sparse()
                    .codeGradient(
                        s.of(winners),
                        s.of(slope),
                        s.of(filters),
                        Optional.of(geometry.window()),
                        s.of(coefficients)));
    bench().assertSum(winners, coefficients, (long) geometry.taps() * geometry.images().extent(1));
  }

  @ParameterizedTest(name = "gather, scatter, unit sums: {0}, {1}")
  @MethodSource("dev.wta.api.contract.SparseMapsContract#cases")
  default void gatherScatterAndUnitSumsOfMaps(Codes.Source source, Geometry geometry) {
    Shape code = geometry.code();
    TwinWinners winners = source.make(bench(), code);
    Twin coefficients = bench().coefficients(winners, new RandomValues(137).normal(code));
    Twin dense = bench().output(code);
    Twin sums = bench().output(Shape.of(geometry.maps()));
    bench()
        .runSum(
            s -> {
              s.backend().sparse().scatter(s.of(winners), s.of(coefficients), s.of(dense));
              s.backend().sparse().unitSums(s.of(winners), s.of(coefficients), s.of(sums));
            });
    bench().assertExact(dense);
    bench().assertSum(sums, (long) code.extent(0) * code.extent(2) * code.extent(3));
  }

  @ParameterizedTest(name = "materialised gradient: {0}, {1}")
  @MethodSource("dev.wta.api.contract.SparseMapsContract#cases")
  default void materialiseMaps(Codes.Source source, Geometry geometry) {
    TwinWinners winners = source.make(bench(), geometry.code());
    TwinTerm first = term(winners, geometry, 138);
    TwinTerm tied = term(winners, geometry, 139);
    Shape code = geometry.code();
    long perUnit = (long) code.extent(0) * code.extent(2) * code.extent(3);
    for (List<TwinTerm> terms : List.of(List.of(first), List.of(first, tied))) {
      for (float beta : new float[] {0, -0.5f}) {
        Shape filters = geometry.filters();
        Twin out =
            beta == 0
                ? bench().output(filters)
                : bench().state(filters, new RandomValues(140).normal(filters));
        bench()
            .runSum(
                s ->
                    s.backend()
                        .sparse()
                        .materialise(
                            new Gradient.Factored(terms.stream().map(s::term).toList()),
                            s.of(beta),
                            s.of(out)));
        bench().assertSum(out, terms.size() * perUnit + 1);
      }
    }
  }

  /** Images without pixels have maps all the same. */
  @ParameterizedTest(name = "windows on padding alone: {0}")
  @MethodSource("dev.wta.api.contract.support.Codes#ofMaps")
  default void windowsOnPaddingAlone(Codes.Source source) {
    Geometry geometry = Geometry.of(1, 1, 0, 4, 5, new Window(3, 3, 2));
    decodeMaps(source, geometry);
    codeGradientMaps(source, geometry);
    materialiseMaps(source, geometry);
  }

  /** Each of nine winners sees the one pixel through another element of its filter. */
  @ParameterizedTest(name = "{0} times padding")
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY})
  default void paddingIsLeftOut(float factor) {
    Geometry geometry = Geometry.of(1, 1, 1, 1, 1, new Window(3, 3, 2));
    float[] factors = new float[geometry.taps()];
    Arrays.fill(factors, factor);
    factors[4] = 2;
    TwinWinners winners = bench().winners(geometry.code(), factors.length);
    boolean[] wins = new boolean[factors.length];
    Arrays.fill(wins, true);
    WinnerList list = Codes.list(geometry.code(), wins, factors);
    bench().run(s -> s.backend().memory().upload(list, s.of(winners)));
    Twin image = bench().input(geometry.images(), new float[] {1});
    Twin filters = bench().input(geometry.filters(), factors);
    Twin coefficients = bench().output(Shape.of(factors.length));
    Twin code = bench().output(geometry.code());
    Twin gradient = bench().output(geometry.filters());
    Optional<Window> window = Optional.of(geometry.window());
    TwinTerm term = new TwinTerm(winners, bench().coefficients(winners, factors), image, window);
    bench()
        .run(
            s -> {
              Sparse sparse = s.backend().sparse();
              sparse.codeGradient(
                  s.of(winners),
                  s.of(image),
                  s.of(filters),
                  Optional.of(geometry.window()),
                  s.of(coefficients));
              sparse.scatter(s.of(winners), s.of(coefficients), s.of(code));
              sparse.materialise(new Gradient.Factored(List.of(s.term(term))), 0, s.of(gradient));
            });
    bench().assertExact(code);
    bench().assertExact(gradient);
    assertThat(bench().download(code)).containsExactly(factors);
    assertThat(bench().download(gradient)).containsExactly(factors);
  }

  private TwinTerm term(TwinWinners winners, Geometry geometry, long seed) {
    RandomValues random = new RandomValues(seed);
    return new TwinTerm(
        winners,
        bench().coefficients(winners, random.normal(winners.code())),
        bench().input(geometry.images(), random.normal(geometry.images())),
        Optional.of(geometry.window()));
  }

  private static int terms(Geometry geometry) {
    return geometry.maps() * geometry.taps();
  }
}
