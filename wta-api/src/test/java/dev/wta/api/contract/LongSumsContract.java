package dev.wta.api.contract;

import dev.wta.api.contract.support.Codes;
import dev.wta.api.contract.support.Tolerance;
import dev.wta.api.contract.support.Twin;
import dev.wta.api.contract.support.TwinTerm;
import dev.wta.api.contract.support.TwinWinners;
import dev.wta.api.op.Dense.Reduction;
import dev.wta.api.op.Gradient;
import dev.wta.api.op.Update.SgdStep;
import dev.wta.api.op.Window;
import dev.wta.api.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Sums of very many terms that are alike, where every rounding of a running float32 sum errs the
 * same way: each operation that adds up keeps {@link dev.wta.api.backend.Backend}'s bound.
 */
public interface LongSumsContract extends Contract {
  /** The terms of a sum. */
  int TERMS = 100_000;

  /** Where a sum's terms cost much: the reference has several sums, a backend orders winners. */
  int FEWER_TERMS = 40_000;

  /**
   * How many winners are added up: few show a running sum, or four, which many hide as their errors
   * cancel; many show eight. A backend that takes long to order winners may leave many out.
   */
  default List<Integer> winnersOfSums() {
    return List.of(FEWER_TERMS, TERMS);
  }

  private Twin alike(Shape shape) {
    return filled(shape, 0.1f);
  }

  private Twin ones(Shape shape) {
    return filled(shape, 1);
  }

  private Twin filled(Shape shape, float value) {
    float[] values = new float[Math.toIntExact(shape.size())];
    Arrays.fill(values, value);
    return bench().input(shape, values);
  }

  /** Every place of the code wins. */
  private TwinWinners allOf(Shape code) {
    boolean[] wins = new boolean[Math.toIntExact(code.size())];
    Arrays.fill(wins, true);
    float[] values = new float[wins.length];
    Arrays.fill(values, 1);
    TwinWinners winners = bench().winners(code, wins.length);
    bench().run(s -> s.backend().memory().upload(Codes.list(code, wins, values), s.of(winners)));
    return winners;
  }

  @ParameterizedTest(name = "gemm, {0} x {1}")
  @CsvSource({"65, 1", "1, 65", "3, 5", "19, 17"})
  default void gemmOfManyAlikeTerms(int m, int n) {
    for (boolean transposeA : new boolean[] {false, true}) {
      for (boolean transposeB : new boolean[] {false, true}) {
        int k = FEWER_TERMS;
        Twin a = alike(transposeA ? Shape.of(k, m) : Shape.of(m, k));
        Twin b = ones(transposeB ? Shape.of(n, k) : Shape.of(k, n));
        Twin out = bench().output(Shape.of(m, n));
        bench()
            .runSum(
                s ->
                    s.backend()
                        .dense()
                        .gemm(
                            s.of(a),
                            transposeA,
                            s.of(b),
                            transposeB,
                            1,
                            0,
                            s.epilogue(Optional.empty(), false),
                            s.of(out)));
        bench().assertSum(out, k);
        bench().release();
      }
    }
  }

  /** cuBLAS and its like may keep one running sum up to some length. */
  @ParameterizedTest(name = "gemm, {0} terms")
  @ValueSource(ints = {352, 373, 784, 1024, 2048, 4000})
  default void gemmOfAlikeTermsAtOrdinaryLengths(int k) {
    // Just beyond half a unit in the sum's last place: rounded up in all of its last doubling.
    float term = 1 + Math.ulp((float) (k - 1)) / 2 + Math.ulp(1f);
    Twin a = filled(Shape.of(20, k), term);
    Twin b = ones(Shape.of(20, k));
    Twin out = bench().output(Shape.of(20, 20));
    bench()
        .runSum(
            s ->
                s.backend()
                    .dense()
                    .gemm(
                        s.of(a),
                        false,
                        s.of(b),
                        true,
                        1,
                        0,
                        s.epilogue(Optional.empty(), false),
                        s.of(out)));
    bench().assertSum(out, k);
  }

  @ParameterizedTest(name = "normal product, every {0}th weight")
  @ValueSource(ints = {1, 5})
  default void normalProductOfManySamples(int every) {
    Twin x = alike(Shape.of(TERMS, 3));
    Twin v = ones(Shape.of(1, 3));
    Twin bias = ones(Shape.of(1));
    float[] weights = new float[TERMS];
    for (int i = 0; i < weights.length; i += every) {
      weights[i] = 1;
    }
    Twin weight = bench().input(Shape.of(TERMS, 1), weights);
    Twin scores = bench().output(Shape.of(TERMS, 1));
    Twin out = bench().output(Shape.of(1, 3));
    bench()
        .runSum(
            s ->
                s.backend()
                    .dense()
                    .normalProduct(
                        s.of(x), s.of(v), s.of(bias), s.of(weight), s.of(scores), s.of(out)));
    bench().assertSum(out, TERMS / every);
  }

  @ParameterizedTest(name = "reduction of {0} x {1}")
  @CsvSource({"1, 150000", "150000, 1", "2, 75000", "75000, 2"})
  default void reductionsOfManyAlikeTerms(int rows, int columns) {
    Twin x = alike(Shape.of(rows, columns));
    for (Reduction reduction : List.of(Reduction.SUM, Reduction.SUM_OF_SQUARES)) {
      Twin ofRows = bench().output(Shape.of(rows));
      Twin ofColumns = bench().output(Shape.of(columns));
      bench()
          .runSum(
              s -> {
                s.backend().dense().reduceRows(reduction, s.of(x), s.of(ofRows));
                s.backend().dense().reduceColumns(reduction, s.of(x), s.of(ofColumns));
              });
      bench().assertSum(ofRows, columns);
      bench().assertSum(ofColumns, rows);
    }
  }

  /** Many channels, many maps; see {@link #filterGradientOfManyPositions} for the third sum. */
  @ParameterizedTest(name = "convolution, {0} channels, {1} x {1}")
  @CsvSource({"150000, 1", "4000, 5"})
  default void convolutionsOfManyAlikeTerms(int channels, int extent) {
    Window window = new Window(extent, extent, 0);
    Twin images = alike(Shape.of(1, channels, extent, extent));
    Twin filters = ones(Shape.of(1, channels, extent, extent));
    Twin maps = bench().output(Shape.of(1, 1, 1, 1));
    Twin code = alike(Shape.of(1, channels, 1, 1));
    Twin decoder = ones(Shape.of(channels, 1, extent, extent));
    Twin decoded = bench().output(Shape.of(1, 1, extent, extent));
    bench()
        .runSum(
            s -> {
              var convolution = s.backend().convolution();
              var none = s.epilogue(Optional.empty(), false);
              convolution.forward(s.of(images), s.of(filters), window, none, s.of(maps));
              convolution.transposed(s.of(code), s.of(decoder), window, none, s.of(decoded));
            });
    bench().assertSum(maps, (long) channels * extent * extent);
    bench().assertSum(decoded, channels);
  }

  @ParameterizedTest(name = "{0} samples of {1} x {2}")
  @CsvSource({"150000, 1, 1", "1, 400, 400", "1, 1, 150000", "20, 1, 8000"})
  default void filterGradientOfManyPositions(int samples, int height, int width) {
    Shape shape = Shape.of(samples, 1, height, width);
    Twin images = alike(shape);
    Twin maps = ones(shape);
    Twin gradient = bench().output(Shape.of(1, 1, 1, 1));
    Twin sums = bench().output(Shape.of(1));
    Window window = new Window(1, 1, 0);
    bench()
        .runSum(
            s -> {
              var convolution = s.backend().convolution();
              convolution.filterGradient(s.of(images), s.of(maps), window, 0, s.of(gradient));
              convolution.channelSums(s.of(images), s.of(sums));
            });
    bench().assertSum(gradient, shape.size());
    bench().assertSum(sums, shape.size());
  }

  @Test
  default void poolingGradientOfManyOutputsWithOneMaximum() {
    Shape outputs = Shape.of(1, 1, 250, 400);
    Twin slopes = alike(outputs);
    Twin positions = filled(outputs, 2);
    Twin gradient = bench().output(Shape.of(1, 1, 1, 3));
    bench()
        .runSum(
            s ->
                s.backend()
                    .convolution()
                    .maxPoolGradient(s.of(slopes), s.of(positions), s.of(gradient)));
    bench().assertSum(gradient, outputs.size());
  }

  @Test
  default void decodingOfManyWinners() {
    for (int terms : winnersOfSums()) {
      checkDecoding(terms);
    }
  }

  private void checkDecoding(int terms) {
    TwinWinners winners = allOf(Shape.of(1, terms));
    Twin weights = alike(Shape.of(terms, 2));
    Twin out = bench().output(Shape.of(1, 2));
    bench()
        .runSum(
            s ->
                s.backend()
                    .sparse()
                    .decode(
                        s.of(winners),
                        s.of(winners).values(),
                        s.of(weights),
                        Optional.empty(),
                        Optional.empty(),
                        s.of(out)));
    bench().assertSum(out, terms);
  }

  @ParameterizedTest(name = "{0} maps of {1} x {1}, a window of {2} x {2}")
  @CsvSource({"40000, 1, 1", "700, 8, 1", "700, 10, 5"})
  default void decodingOfManyWinnersOnMaps(int units, int extent, int side) {
    Window window = new Window(side, side, 0);
    int map = extent - side + 1;
    TwinWinners winners = allOf(Shape.of(1, units, map, map));
    Twin filters = alike(Shape.of(units, 1, side, side));
    Twin images = bench().output(Shape.of(1, 1, extent, extent));
    bench()
        .runSum(
            s ->
                s.backend()
                    .sparse()
                    .decode(
                        s.of(winners),
                        s.of(winners).values(),
                        s.of(filters),
                        Optional.of(window),
                        Optional.empty(),
                        s.of(images)));
    bench().assertSum(images, (long) units * side * side);
  }

  @ParameterizedTest(name = "{0} outputs")
  @ValueSource(ints = {2048, TERMS})
  default void codeGradientOfManyOutputs(int outputs) {
    TwinWinners winners = allOf(Shape.of(1, 3));
    Twin slopes = alike(Shape.of(1, outputs));
    Twin weights = ones(Shape.of(3, outputs));
    Twin coefficients = bench().output(Shape.of(winners.capacity()));
    bench()
        .runSum(
            s ->
                s.backend()
                    .sparse()
                    .codeGradient(
                        s.of(winners),
                        s.of(slopes),
                        s.of(weights),
                        Optional.empty(),
                        s.of(coefficients)));
    bench().assertSum(winners, coefficients, outputs);
  }

  @ParameterizedTest(name = "{0} channels, a window of {1} x {2}")
  @CsvSource({"150000, 1, 1", "1, 3000, 1", "1, 1, 150000", "500, 17, 17"})
  default void codeGradientOfLargeFilters(int channels, int height, int width) {
    TwinWinners winners = allOf(Shape.of(1, 2, 1, 1));
    Twin slopes = alike(Shape.of(1, channels, height, width));
    Twin filters = ones(Shape.of(2, channels, height, width));
    Twin coefficients = bench().output(Shape.of(winners.capacity()));
    bench()
        .runSum(
            s ->
                s.backend()
                    .sparse()
                    .codeGradient(
                        s.of(winners),
                        s.of(slopes),
                        s.of(filters),
                        Optional.of(new Window(height, width, 0)),
                        s.of(coefficients)));
    bench().assertSum(winners, coefficients, (long) channels * height * width);
  }

  /** Also the sum of a unit's coefficients, and a step along the gradient. */
  @Test
  default void gradientsOfManyWinners() {
    for (int terms : winnersOfSums()) {
      TwinWinners winners = allOf(Shape.of(terms, 1));
      checkGradient(winners, alike(Shape.of(terms, 3)), Optional.empty(), Shape.of(1, 3));
    }
  }

  @Test
  default void gradientsOfManyWinnersOnMaps() {
    TwinWinners winners = allOf(Shape.of(1, 1, 200, 200));
    Twin batch = alike(Shape.of(1, 1, 200, 200));
    checkGradient(winners, batch, Optional.of(new Window(1, 1, 0)), Shape.of(1, 1, 1, 1));
  }

  private void checkGradient(
      TwinWinners winners, Twin batch, Optional<Window> window, Shape weights) {
    Twin coefficients = ones(Shape.of(winners.capacity()));
    TwinTerm term = new TwinTerm(winners, coefficients, batch, window);
    Twin out = bench().output(weights);
    Twin sums = bench().output(Shape.of(1));
    float[] zeros = new float[Math.toIntExact(weights.size())];
    Twin parameter = bench().state(weights, zeros);
    Twin velocity = bench().state(weights, zeros);
    SgdStep step = new SgdStep(1, 0, 0, false);
    bench()
        .runSum(
            s -> {
              Gradient.Factored gradient = new Gradient.Factored(List.of(s.term(term)));
              s.backend().sparse().materialise(gradient, 0, s.of(out));
              s.backend().sparse().unitSums(s.of(winners), s.of(coefficients), s.of(sums));
              s.backend().update().sgd(s.of(parameter), s.of(velocity), gradient, step);
            });
    int terms = winners.capacity();
    bench().assertSum(out, terms);
    bench().assertSum(sums, terms);
    bench().assertWithin(parameter, expected -> Tolerance.ofSum(terms, Math.abs(expected)));
  }
}
