package dev.wta.api.contract;

import static org.assertj.core.api.Assertions.fail;

import dev.wta.api.contract.ConvolutionContract.Geometry;
import dev.wta.api.contract.support.Codes;
import dev.wta.api.contract.support.Formulas;
import dev.wta.api.contract.support.Formulas.Numbers;
import dev.wta.api.contract.support.Formulas.Stepped;
import dev.wta.api.contract.support.RandomValues;
import dev.wta.api.contract.support.Side;
import dev.wta.api.contract.support.Sizes.Product;
import dev.wta.api.contract.support.Tolerance;
import dev.wta.api.contract.support.Twin;
import dev.wta.api.contract.support.TwinTerm;
import dev.wta.api.contract.support.TwinWinners;
import dev.wta.api.op.Gradient;
import dev.wta.api.op.Update.AdamStep;
import dev.wta.api.op.Update.SgdStep;
import dev.wta.api.tensor.Shape;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Optimiser steps along gradients that are still in factors: the step of the materialised gradient.
 */
public interface FactoredUpdateContract extends Contract {

  /** Winners of {@code m} samples and {@code n} units, with {@code k} inputs. */
  static Stream<Arguments> cases() {
    List<Product> sizes =
        List.of(
            new Product(0, 5, 7),
            new Product(5, 7, 0),
            new Product(1, 1, 1),
            new Product(13, 31, 127),
            new Product(31, 8, 64),
            new Product(64, 127, 31),
            new Product(20, 3, 1021));
    return sizes.stream()
        .flatMap(size -> Codes.ofUnits().stream().map(source -> Arguments.of(source, size)));
  }

  @ParameterizedTest(name = "one term: {0}, {1}")
  @MethodSource("dev.wta.api.contract.FactoredUpdateContract#cases")
  default void updatesFromOneTerm(Codes.Source source, Product size) {
    TwinWinners winners = source.make(bench(), Shape.of(size.m(), size.n()));
    Shape batch = Shape.of(size.m(), size.k());
    check(Shape.of(size.n(), size.k()), List.of(term(winners, batch, Optional.empty(), 160)));
  }

  /** Tied weights: the decoder's term and the encoder's, of the same winners. */
  @ParameterizedTest(name = "tied: {0}, {1}")
  @MethodSource("dev.wta.api.contract.FactoredUpdateContract#cases")
  default void updatesTiedWeights(Codes.Source source, Product size) {
    TwinWinners winners = source.make(bench(), Shape.of(size.m(), size.n()));
    Shape batch = Shape.of(size.m(), size.k());
    check(
        Shape.of(size.n(), size.k()),
        List.of(
            term(winners, batch, Optional.empty(), 161),
            term(winners, batch, Optional.empty(), 162)));
  }

  @ParameterizedTest(name = "terms of different winners: {0}, {1}")
  @MethodSource("dev.wta.api.contract.FactoredUpdateContract#cases")
  default void updatesFromTermsOfDifferentWinners(Codes.Source source, Product size) {
    Shape code = Shape.of(size.m(), size.n());
    Shape longer = Shape.of(size.m() + 3, size.n());
    TwinWinners winners = source.make(bench(), code);
    TwinWinners others = Codes.ofUnits().get(3).make(bench(), longer);
    check(
        Shape.of(size.n(), size.k()),
        List.of(
            term(winners, Shape.of(size.m(), size.k()), Optional.empty(), 163),
            term(others, Shape.of(size.m() + 3, size.k()), Optional.empty(), 164)));
  }

  @ParameterizedTest(name = "maps: {0}, {1}")
  @MethodSource("dev.wta.api.contract.SparseMapsContract#cases")
  default void updatesFilters(Codes.Source source, Geometry geometry) {
    TwinWinners winners = source.make(bench(), geometry.code());
    var window = Optional.of(geometry.window());
    check(
        geometry.filters(),
        List.of(
            term(winners, geometry.images(), window, 165),
            term(winners, geometry.images(), window, 166)));
  }

  private TwinTerm term(
      TwinWinners winners, Shape batch, Optional<dev.wta.api.op.Window> window, long seed) {
    RandomValues random = new RandomValues(seed);
    return new TwinTerm(
        winners,
        bench().coefficients(winners, random.normal(winners.code())),
        bench().input(batch, random.normal(batch)),
        window);
  }

  private void check(Shape shape, List<TwinTerm> terms) {
    Twin dense = bench().output(shape);
    bench().runSum(s -> s.backend().sparse().materialise(factored(s, terms), 0, s.of(dense)));
    for (boolean tangent : new boolean[] {false, true}) {
      checkSgd(shape, terms, dense, new SgdStep(0.01f, 0.9f, 1e-3f, tangent));
      // Late in training: v is well away from 0, so that a direction is as exact as its gradient.
      checkAdam(
          shape, terms, dense, new AdamStep(0.01f, 0.9f, 0.999f, 1e-8f, 0.01f, tangent, 5000));
    }
  }

  private static Gradient.Factored factored(Side side, List<TwinTerm> terms) {
    return new Gradient.Factored(terms.stream().map(side::term).toList());
  }

  private void checkSgd(Shape shape, List<TwinTerm> terms, Twin dense, SgdStep step) {
    RandomValues random = new RandomValues(167);
    float[] p = random.normal(shape);
    float[] speed = random.normal(shape);
    Twin parameter = bench().state(shape, p);
    Twin velocity = bench().state(shape, speed);
    bench()
        .run(
            s ->
                s.backend()
                    .update()
                    .sgd(s.of(parameter), s.of(velocity), factored(s, terms), step));
    Stepped expected = Formulas.sgd(p, speed, direction(dense, p, shape, step.tangent()), step);
    compare(step + ", parameter", parameter, expected.parameter(), length(shape, terms));
    compare(step + ", velocity", velocity, expected.first(), length(shape, terms));
  }

  private void checkAdam(Shape shape, List<TwinTerm> terms, Twin dense, AdamStep step) {
    RandomValues random = new RandomValues(168);
    float[] p = random.normal(shape);
    float[] first = random.normal(shape);
    float[] second = random.uniform(shape, 1, 2);
    Twin parameter = bench().state(shape, p);
    Twin m = bench().state(shape, first);
    Twin v = bench().state(shape, second);
    bench()
        .run(
            s ->
                s.backend()
                    .update()
                    .adam(s.of(parameter), s.of(m), s.of(v), factored(s, terms), step));
    Numbers direction = direction(dense, p, shape, step.tangent());
    Stepped expected = Formulas.adam(p, first, second, direction, step);
    compare(step + ", m", m, expected.first(), length(shape, terms));
    compare(step + ", v", v, expected.second(), length(shape, terms));
    double[] magnitudes = expected.parameter().magnitudes();
    for (int i = 0; i < magnitudes.length; i++) {
      // What v's own error does to the direction.
      magnitudes[i] *= expected.second().magnitudes()[i] / expected.second().values()[i];
    }
    compare(step + ", parameter", parameter, expected.parameter(), length(shape, terms));
  }

  /**
   * The reference's gradient in double precision, as far as a float32 holds it, and its magnitudes.
   */
  private Numbers direction(Twin dense, float[] p, Shape shape, boolean tangent) {
    float[] g = bench().expected(dense);
    float[] sums = bench().magnitudes(dense);
    double[] values = new double[g.length];
    double[] magnitudes = new double[g.length];
    for (int i = 0; i < g.length; i++) {
      values[i] = g[i];
      magnitudes[i] = sums[i];
    }
    return Formulas.direction(values, magnitudes, p, shape.rowSize(), tangent);
  }

  /**
   * The terms of one element's sum: at most a unit's winners in every term, and a row's dot
   * product.
   */
  private static long length(Shape shape, List<TwinTerm> terms) {
    long length = shape.rowSize();
    for (TwinTerm term : terms) {
      length += term.winners().capacity();
    }
    return length;
  }

  private void compare(String what, Twin actual, Numbers expected, long terms) {
    float[] numbers = bench().download(actual);
    for (int i = 0; i < numbers.length; i++) {
      double tolerance = Tolerance.ofSum(terms, expected.magnitudes()[i]);
      if (!Tolerance.holds(numbers[i], expected.values()[i], tolerance)) {
        fail(
            "%s: element %d is %s, the materialised gradient makes it %s, the tolerance is %s",
            what, i, numbers[i], expected.values()[i], tolerance);
      }
    }
  }
}
