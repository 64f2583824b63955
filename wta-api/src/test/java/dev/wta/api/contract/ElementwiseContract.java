package dev.wta.api.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wta.api.contract.support.RandomValues;
import dev.wta.api.contract.support.Sizes;
import dev.wta.api.contract.support.Tolerance;
import dev.wta.api.contract.support.Twin;
import dev.wta.api.op.Dense.Binary;
import dev.wta.api.op.Dense.Unary;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Dense operations that treat each element by itself. */
public interface ElementwiseContract extends Contract {

  @ParameterizedTest(name = "map {0}")
  @EnumSource
  default void map(Unary f) {
    Sizes.matrices()
        .forEach(
            shape -> {
              Twin x = bench().input(shape, new RandomValues(5).special(shape, 1));
              Twin out = bench().output(shape);
              bench().run(s -> s.backend().dense().map(f, s.of(x), s.of(out)));
              bench().assertWithin(out, expected -> Tolerance.of(f, expected));
              bench().release();
            });
  }

  @ParameterizedTest(name = "map {0} in place")
  @EnumSource
  default void mapInPlace(Unary f) {
    Shape shape = Shape.of(13, 31);
    Twin x = bench().state(shape, new RandomValues(6).special(shape, 1));
    bench().run(s -> s.backend().dense().map(f, s.of(x), s.of(x)));
    bench().assertWithin(x, expected -> Tolerance.of(f, expected));
  }

  @ParameterizedTest(name = "zip {0}")
  @EnumSource
  default void zip(Binary f) {
    Sizes.matrices()
        .forEach(
            shape -> {
              Twin x = bench().input(shape, new RandomValues(7).special(shape, 1));
              Twin y = bench().input(shape, second(f, shape));
              Twin out = bench().output(shape);
              bench().run(s -> s.backend().dense().zip(f, s.of(x), s.of(y), s.of(out)));
              bench().assertWithin(out, expected -> Tolerance.of(f, expected));
              bench().release();
            });
  }

  @ParameterizedTest(name = "zipRow {0}")
  @EnumSource
  default void zipRow(Binary f) {
    Sizes.matrices()
        .forEach(
            shape -> {
              Shape row = shape.row();
              Twin x = bench().input(shape, new RandomValues(8).special(shape, 1));
              Twin y = bench().input(row, second(f, row));
              Twin out = bench().output(shape);
              bench().run(s -> s.backend().dense().zipRow(f, s.of(x), s.of(y), s.of(out)));
              bench().assertWithin(out, expected -> Tolerance.of(f, expected));
              bench().release();
            });
  }

  @ParameterizedTest(name = "zipColumn {0}")
  @EnumSource
  default void zipColumn(Binary f) {
    Sizes.matrices()
        .forEach(
            shape -> {
              Shape column = Shape.of(shape.rows());
              Twin x = bench().input(shape, new RandomValues(9).special(shape, 1));
              Twin y = bench().input(column, second(f, column));
              Twin out = bench().output(shape);
              bench().run(s -> s.backend().dense().zipColumn(f, s.of(x), s.of(y), s.of(out)));
              bench().assertWithin(out, expected -> Tolerance.of(f, expected));
              bench().release();
            });
  }

  @ParameterizedTest(name = "zip {0} in place of either operand")
  @EnumSource
  default void zipInPlace(Binary f) {
    Shape shape = Shape.of(7, 31);
    Twin x = bench().state(shape, new RandomValues(10).special(shape, 1));
    Twin y = bench().state(shape, second(f, shape));
    Twin first = bench().state(shape, new RandomValues(11).special(shape, 1));
    bench()
        .run(
            s -> {
              s.backend().dense().zip(f, s.of(first), s.of(y), s.of(first));
              s.backend().dense().zip(f, s.of(x), s.of(y), s.of(y));
            });
    bench().assertWithin(first, expected -> Tolerance.of(f, expected));
    bench().assertWithin(y, expected -> Tolerance.of(f, expected));
  }

  /** Second operands: anything, but a sigmoid's output lies in (0, 1). */
  private static float[] second(Binary f, Shape shape) {
    if (f == Binary.SIGMOID_GRADIENT) {
      return new RandomValues(12).uniform(shape, 0.01f, 0.99f);
    }
    return new RandomValues(13).special(shape, 9);
  }

  @ParameterizedTest(name = "affine of {0}")
  @MethodSource("dev.wta.api.contract.support.Sizes#matrices")
  default void affine(Shape shape) {
    Twin x = bench().input(shape, new RandomValues(14).normal(shape));
    Twin out = bench().output(shape);
    bench().runSum(s -> s.backend().dense().affine(s.of(-1.7f), s.of(x), s.of(0.3f), s.of(out)));
    bench().assertSum(out, 1);
  }

  @Test
  default void factorsThatAreNaNMakeNaN() {
    Shape shape = Shape.of(2, 3);
    Twin x = bench().input(shape, new RandomValues(17).normal(shape));
    Twin scaled = bench().output(shape);
    Twin shifted = bench().output(shape);
    Twin sum = bench().state(shape, new RandomValues(18).normal(shape));
    bench()
        .run(
            s -> {
              s.backend().dense().affine(Float.NaN, s.of(x), 1, s.of(scaled));
              s.backend().dense().affine(1, s.of(x), Float.NaN, s.of(shifted));
              s.backend().dense().axpy(Float.NaN, s.of(x), s.of(sum));
            });
    for (Twin result : List.of(scaled, shifted, sum)) {
      bench().assertExact(result);
      assertThat(bench().download(result)).containsOnly(Float.NaN);
    }
  }

  @ParameterizedTest(name = "axpy of {0}")
  @MethodSource("dev.wta.api.contract.support.Sizes#matrices")
  default void axpy(Shape shape) {
    Twin x = bench().input(shape, new RandomValues(15).normal(shape));
    Twin y = bench().state(shape, new RandomValues(16).normal(shape));
    bench().runSum(s -> s.backend().dense().axpy(s.of(-0.7f), s.of(x), s.of(y)));
    bench().assertSum(y, 1);
  }

  @ParameterizedTest(name = "clip of {0}")
  @MethodSource("dev.wta.api.contract.support.Sizes#matrices")
  default void clip(Shape shape) {
    Twin x = bench().input(shape, new RandomValues(17).special(shape, 1));
    Twin out = bench().output(shape);
    bench().run(s -> s.backend().dense().clip(s.of(x), -0.5f, 2, s.of(out)));
    bench().assertExact(out);
  }

  @ParameterizedTest(name = "transpose of {0}")
  @MethodSource("dev.wta.api.contract.support.Sizes#matrices")
  default void transpose(Shape shape) {
    Twin x = bench().input(shape, new RandomValues(18).normal(shape));
    Twin out = bench().output(Shape.of(shape.rowSize(), shape.rows()));
    bench().run(s -> s.backend().dense().transpose(s.of(x), s.of(out)));
    bench().assertExact(out);
  }

  @Test
  default void elementwiseOperationsTouchTheirRowsAlone() {
    Tensor whole = bench().tested().memory().allocate(Shape.of(9, 13));
    try (whole) {
      Tensor middle = whole.rows(3, 4);
      bench().tested().memory().fill(middle, 2);
      bench().tested().dense().affine(3, middle, 1, middle);
      float[] expected = new float[9 * 13];
      Arrays.fill(expected, 3 * 13, 7 * 13, 7);
      assertThat(bench().tested().memory().download(whole)).isEqualTo(expected);
    }
  }
}
