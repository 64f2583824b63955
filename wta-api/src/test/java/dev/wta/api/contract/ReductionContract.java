package dev.wta.api.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.wta.api.contract.support.RandomValues;
import dev.wta.api.contract.support.Side;
import dev.wta.api.contract.support.Sizes;
import dev.wta.api.contract.support.Tolerance;
import dev.wta.api.contract.support.Twin;
import dev.wta.api.op.Dense.Reduction;
import dev.wta.api.tensor.Shape;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Sums and maxima over rows, columns and whole tensors. */
public interface ReductionContract extends Contract {

  @ParameterizedTest(name = "rows, {0}")
  @EnumSource
  default void reduceRows(Reduction reduction) {
    Sizes.matrices()
        .forEach(shape -> checkRows(reduction, shape, new RandomValues(20).normal(shape)));
  }

  @ParameterizedTest(name = "columns, {0}")
  @EnumSource
  default void reduceColumns(Reduction reduction) {
    Sizes.matrices()
        .forEach(shape -> checkColumns(reduction, shape, new RandomValues(21).normal(shape)));
  }

  @ParameterizedTest(name = "NaN and infinities, {0}")
  @EnumSource
  default void reductionsKeepNaN(Reduction reduction) {
    Shape shape = Shape.of(31, 37);
    float[] values = new RandomValues(22).normal(shape);
    values[3 * 37 + 36] = Float.NaN;
    values[5 * 37 + 20] = Float.POSITIVE_INFINITY;
    values[7 * 37 + 1] = Float.NEGATIVE_INFINITY;
    Arrays.fill(values, 9 * 37, 10 * 37, Float.NEGATIVE_INFINITY);
    checkRows(reduction, shape, values);
    checkColumns(reduction, shape, values);
  }

  @ParameterizedTest(name = "long and alike, {0}")
  @EnumSource
  default void longReductionsAreAccurate(Reduction reduction) {
    float[] alike = new float[3 * 50_000];
    Arrays.fill(alike, 0.1f);
    checkRows(reduction, Shape.of(3, 50_000), alike);
    checkColumns(reduction, Shape.of(50_000, 3), alike);
  }

  private void checkRows(Reduction reduction, Shape shape, float[] values) {
    Twin x = bench().input(shape, values);
    Twin out = bench().output(Shape.of(shape.rows()));
    bench().runSum(s -> s.backend().dense().reduceRows(reduction, s.of(x), s.of(out)));
    checkReduced(reduction, out, shape.rowSize());
  }

  private void checkColumns(Reduction reduction, Shape shape, float[] values) {
    Twin x = bench().input(shape, values);
    Twin out = bench().output(shape.row());
    bench().runSum(s -> s.backend().dense().reduceColumns(reduction, s.of(x), s.of(out)));
    checkReduced(reduction, out, shape.rows());
  }

  private void checkReduced(Reduction reduction, Twin out, int terms) {
    if (reduction == Reduction.MAXIMUM) {
      bench().assertExact(out);
    } else {
      bench().assertSum(out, terms);
    }
    bench().release();
  }

  @ParameterizedTest(name = "sum and dot of {0}")
  @MethodSource("dev.wta.api.contract.support.Sizes#matrices")
  default void sumAndDot(Shape shape) {
    Twin x = bench().input(shape, new RandomValues(23).normal(shape));
    Twin y = bench().input(shape, new RandomValues(24).normal(shape));
    bench()
        .runSum(
            s -> {
              double sum = s.backend().dense().sum(s.of(x));
              double dot = s.backend().dense().dot(s.of(x), s.of(y));
              if (s.kind() == Side.Kind.TESTED) {
                float[] a = bench().expected(x);
                float[] b = bench().expected(y);
                checkSumAndDot(sum, dot, a, b);
              }
            });
  }

  private static void checkSumAndDot(double sum, double dot, float[] a, float[] b) {
    double expectedSum = 0;
    double expectedDot = 0;
    double magnitudeOfSum = 0;
    double magnitudeOfDot = 0;
    for (int i = 0; i < a.length; i++) {
      expectedSum += a[i];
      magnitudeOfSum += Math.abs(a[i]);
      expectedDot += (double) a[i] * b[i];
      magnitudeOfDot += Math.abs((double) a[i] * b[i]);
    }
    double doubleRoundings = (a.length + 8) * 0x1p-53;
    assertThat(sum).isCloseTo(expectedSum, within(doubleRoundings * magnitudeOfSum));
    // A product may be rounded to float32 before it is added up.
    assertThat(dot)
        .isCloseTo(expectedDot, within((doubleRoundings + Tolerance.ROUNDING) * magnitudeOfDot));
  }

  @Test
  default void sumAndDotAccumulateInDoublePrecision() {
    float[] alike = new float[300_000];
    Arrays.fill(alike, 0.1f);
    Twin x = bench().input(Shape.of(300, 1000), alike);
    double exact = 300_000 * (double) 0.1f;
    double exactDot = exact * 0.1f;
    assertThat(bench().tested().dense().sum(x.on(Side.Kind.TESTED)))
        .isCloseTo(exact, within(1e-9 * exact));
    assertThat(bench().tested().dense().dot(x.on(Side.Kind.TESTED), x.on(Side.Kind.TESTED)))
        .isCloseTo(exactDot, within(2 * Tolerance.ROUNDING * exactDot));
  }
}
