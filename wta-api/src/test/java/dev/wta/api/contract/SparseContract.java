package dev.wta.api.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wta.api.contract.support.Codes;
import dev.wta.api.contract.support.RandomValues;
import dev.wta.api.contract.support.Sizes.Product;
import dev.wta.api.contract.support.Twin;
import dev.wta.api.contract.support.TwinTerm;
import dev.wta.api.contract.support.TwinWinners;
import dev.wta.api.op.Gradient;
import dev.wta.api.op.Sparse;
import dev.wta.api.op.Window;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.WinnerList;
import dev.wta.api.tensor.Winners;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** {@link dev.wta.api.op.Sparse} for fully-connected codes. */
public interface SparseContract extends Contract {

  /** Winners of {@code m} samples and {@code n} units, with {@code k} inputs or outputs. */
  static Stream<Arguments> cases() {
    List<Product> sizes =
        List.of(
            new Product(0, 5, 7),
            new Product(5, 0, 7),
            new Product(5, 7, 0),
            new Product(1, 1, 1),
            new Product(1, 127, 13),
            new Product(13, 31, 1021),
            new Product(31, 8, 64),
            new Product(64, 1, 31),
            new Product(100, 127, 127));
    return sizes.stream()
        .flatMap(size -> Codes.ofUnits().stream().map(source -> Arguments.of(source, size)));
  }

  @ParameterizedTest(name = "decode: {0}, {1}")
  @MethodSource("dev.wta.api.contract.SparseContract#cases")
  default void decode(Codes.Source source, Product size) {
    Shape code = Shape.of(size.m(), size.n());
    TwinWinners winners = source.make(bench(), code);
    Twin coefficients = bench().coefficients(winners, new RandomValues(110).normal(code));
    Shape matrix = Shape.of(size.n(), size.k());
    Twin weights = bench().input(matrix, new RandomValues(111).normal(matrix));
    Shape row = Shape.of(size.k());
    Optional<Twin> bias = Optional.of(bench().input(row, new RandomValues(112).normal(row)));
    for (Optional<Twin> offset : List.of(bias, Optional.<Twin>empty())) {
      Twin out = bench().output(Shape.of(size.m(), size.k()));
      bench()
          .runSum(
              s ->
                  s.backend()
                      .sparse()
                      .decode(
                          s.of(winners),
                          s.of(coefficients),
                          s.of(weights),
                          Optional.empty(),
                          s.of(offset),
                          s.of(out)));
      bench().assertSum(out, size.n() + 1L);
    }
  }

  @ParameterizedTest(name = "code gradient: {0}, {1}")
  @MethodSource("dev.wta.api.contract.SparseContract#cases")
  default void codeGradient(Codes.Source source, Product size) {
    TwinWinners winners = source.make(bench(), Shape.of(size.m(), size.n()));
    Shape batch = Shape.of(size.m(), size.k());
    Shape matrix = Shape.of(size.n(), size.k());
    Twin slope = bench().input(batch, new RandomValues(113).normal(batch));
    Twin weights = bench().input(matrix, new RandomValues(114).normal(matrix));
    Twin coefficients = bench().output(Shape.of(winners.capacity()));
    bench()
        .runSum(
            s ->
                s.backend()
                    .sparse()
                    .codeGradient(
                        s.of(winners),
                        s.of(slope),
                        s.of(weights),
                        Optional.empty(),
                        s.of(coefficients)));
    bench().assertSum(winners, coefficients, size.k());
  }

  @ParameterizedTest(name = "unit sums: {0}, {1}")
  @MethodSource("dev.wta.api.contract.SparseContract#cases")
  default void unitSums(Codes.Source source, Product size) {
    Shape code = Shape.of(size.m(), size.n());
    TwinWinners winners = source.make(bench(), code);
    Twin coefficients = bench().coefficients(winners, new RandomValues(115).normal(code));
    Twin sums = bench().output(Shape.of(size.n()));
    bench()
        .runSum(s -> s.backend().sparse().unitSums(s.of(winners), s.of(coefficients), s.of(sums)));
    bench().assertSum(sums, size.m());
  }

  @ParameterizedTest(name = "gather and scatter: {0}, {1}")
  @MethodSource("dev.wta.api.contract.SparseContract#cases")
  default void gatherAndScatter(Codes.Source source, Product size) {
    Shape code = Shape.of(size.m(), size.n());
    TwinWinners winners = source.make(bench(), code);
    Twin coefficients = bench().coefficients(winners, new RandomValues(116).normal(code));
    bench().assertSum(winners, coefficients, 0);
    Twin dense = bench().output(code);
    bench().run(s -> s.backend().sparse().scatter(s.of(winners), s.of(coefficients), s.of(dense)));
    bench().assertExact(dense);
    Twin values = bench().output(code);
    bench()
        .run(
            s -> s.backend().sparse().scatter(s.of(winners), s.of(winners).values(), s.of(values)));
    bench().assertExact(values);
  }

  @ParameterizedTest(name = "materialised gradient: {0}, {1}")
  @MethodSource("dev.wta.api.contract.SparseContract#cases")
  default void materialise(Codes.Source source, Product size) {
    Shape code = Shape.of(size.m(), size.n());
    Shape batch = Shape.of(size.m(), size.k());
    TwinWinners winners = source.make(bench(), code);
    TwinWinners others = Codes.ofUnits().get(4).make(bench(), code);
    TwinTerm first = term(winners, batch, 117);
    TwinTerm tied = term(winners, batch, 118);
    TwinTerm other = term(others, batch, 119);
    for (List<TwinTerm> terms :
        List.of(List.of(first), List.of(first, tied), List.of(first, other))) {
      for (float beta : new float[] {0, 1, -0.5f}) {
        Shape matrix = Shape.of(size.n(), size.k());
        Twin out =
            beta == 0
                ? bench().output(matrix)
                : bench().state(matrix, new RandomValues(120).normal(matrix));
        bench()
            .runSum(
                s ->
                    s.backend()
                        .sparse()
                        .materialise(
                            new Gradient.Factored(terms.stream().map(s::term).toList()),
                            s.of(beta),
                            s.of(out)));
        bench().assertSum(out, (long) terms.size() * size.m() + 1);
      }
    }
  }

  /** Every sample wins with every unit, and all terms are alike: rounding then errs one way. */
  @Test
  default void longSumsOverWinnersStayExact() {
    int many = 20_000;
    int few = 2;
    int size = 19;
    Twin outputs = bench().output(Shape.of(few, size));
    TwinTerm alike = alike(Shape.of(few, many), Shape.of(many, size), Optional.empty());
    bench()
        .runSum(
            s ->
                s.backend()
                    .sparse()
                    .decode(
                        s.of(alike.winners()),
                        s.of(alike.coefficients()),
                        s.of(alike.batch()),
                        Optional.empty(),
                        Optional.empty(),
                        s.of(outputs)));
    bench().assertSum(outputs, many);
    Twin gradient = bench().output(Shape.of(few, size));
    TwinTerm term = alike(Shape.of(many, few), Shape.of(many, size), Optional.empty());
    assertMaterialised(term, gradient, many);
    Shape maps = Shape.of(300, few, 8, 8);
    Twin filters = bench().output(Shape.of(few, 1, 3, 3));
    TwinTerm windows = alike(maps, Shape.of(300, 1, 8, 8), Optional.of(Window.same(3)));
    assertMaterialised(windows, filters, 300 * 64);
  }

  private void assertMaterialised(TwinTerm term, Twin out, long terms) {
    bench()
        .runSum(
            s ->
                s.backend()
                    .sparse()
                    .materialise(
                        new Gradient.Factored(List.of(s.term(term))), s.of(0f), s.of(out)));
    bench().assertSum(out, terms);
  }

  /** A coefficient, then a bias, with nothing beside it. */
  @Test
  default void aSingleNaNIsDecoded() {
    TwinTerm only = alike(Shape.of(1, 1), Shape.of(1, 1), Optional.empty());
    Twin nan = bench().input(Shape.of(1), new float[] {Float.NaN});
    Twin weights = bench().input(Shape.of(1, 4), new float[] {1, 2, 3, 4});
    Twin weight = bench().input(Shape.of(1, 1), new float[] {1});
    Twin row = bench().output(Shape.of(1, 4));
    Twin number = bench().output(Shape.of(1, 1));
    bench()
        .run(
            s -> {
              Sparse sparse = s.backend().sparse();
              Winners winner = s.of(only.winners());
              sparse.decode(
                  winner, s.of(nan), s.of(weights), Optional.empty(), Optional.empty(), s.of(row));
              sparse.decode(
                  winner,
                  s.of(only.coefficients()),
                  s.of(weight),
                  Optional.empty(),
                  Optional.of(s.of(nan)),
                  s.of(number));
            });
    bench().assertExact(row);
    bench().assertExact(number);
    assertThat(bench().download(row)).containsOnly(Float.NaN);
    assertThat(bench().download(number)).containsOnly(Float.NaN);
  }

  /** All places win, with coefficients 0.1, and the batch is all ones. */
  private TwinTerm alike(Shape code, Shape batch, Optional<Window> window) {
    boolean[] wins = new boolean[(int) code.size()];
    Arrays.fill(wins, true);
    float[] values = new float[wins.length];
    Arrays.fill(values, 0.1f);
    TwinWinners winners = bench().winners(code, wins.length);
    WinnerList list = Codes.list(code, wins, values);
    bench().run(s -> s.backend().memory().upload(list, s.of(winners)));
    float[] ones = new float[(int) batch.size()];
    Arrays.fill(ones, 1);
    return new TwinTerm(
        winners, bench().coefficients(winners, values), bench().input(batch, ones), window);
  }

  private TwinTerm term(TwinWinners winners, Shape batch, long seed) {
    RandomValues random = new RandomValues(seed);
    return new TwinTerm(
        winners,
        bench().coefficients(winners, random.normal(winners.code())),
        bench().input(batch, random.normal(batch)),
        Optional.empty());
  }
}
