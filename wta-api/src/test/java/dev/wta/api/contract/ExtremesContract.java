package dev.wta.api.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.wta.api.contract.support.Codes;
import dev.wta.api.contract.support.Formulas;
import dev.wta.api.contract.support.Formulas.Numbers;
import dev.wta.api.contract.support.RandomValues;
import dev.wta.api.contract.support.Tolerance;
import dev.wta.api.contract.support.Twin;
import dev.wta.api.contract.support.TwinTerm;
import dev.wta.api.contract.support.TwinWinners;
import dev.wta.api.op.Gradient;
import dev.wta.api.op.Update.AdamStep;
import dev.wta.api.op.Update.RowNorm;
import dev.wta.api.op.Update.SgdStep;
import dev.wta.api.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@link dev.wta.api.op.Update} where float32 cannot hold what is computed on the way. */
public interface ExtremesContract extends Contract {
  /** How large the numbers of each row are: their squares, or their inverses, are not float32's. */
  List<Float> ROW_SCALES =
      List.of(1f, 0f, 9.8e-44f, 1e-40f, 1e-38f, 1e-30f, 1e-20f, 1e20f, 1e30f, 4e37f);

  /** Rows that fill some vectors, and some elements beyond. */
  Shape ROWS = Shape.of(ROW_SCALES.size(), 37);

  private static float[] rows(long seed) {
    float[] values = new RandomValues(seed).uniform(ROWS, -2, 2);
    for (int i = 0; i < values.length; i++) {
      values[i] *= ROW_SCALES.get(i / ROWS.rowSize());
    }
    return values;
  }

  @ParameterizedTest(name = "rows normalised {0}")
  @EnumSource
  default void normalisesRowsOfAnySize(RowNorm norm) {
    for (float bound : new float[] {1, 1e-38f, 1e30f}) {
      Twin parameter = bench().state(ROWS, rows(170));
      bench().run(s -> s.backend().update().normaliseRows(s.of(parameter), norm, bound));
      bench()
          .assertWithin(parameter, expected -> Tolerance.ofSum(ROWS.rowSize(), Math.abs(expected)));
    }
  }

  @ParameterizedTest(name = "factored: {0}")
  @ValueSource(booleans = {false, true})
  default void takesTheTangentOfRowsOfAnySize(boolean factored) {
    float[] p = rows(171);
    float[] g = new RandomValues(172).normal(ROWS);
    float[] zeros = new float[p.length];
    Twin batch = bench().input(ROWS, g);
    Optional<TwinTerm> term = factored ? Optional.of(oneWinnerAUnit(batch)) : Optional.empty();
    double[] magnitudes = new double[g.length];
    double[] slope = new double[g.length];
    for (int i = 0; i < g.length; i++) {
      slope[i] = g[i];
      magnitudes[i] = Math.abs(g[i]);
    }
    Numbers direction = Formulas.direction(slope, magnitudes, p, ROWS.rowSize(), true);

    Twin parameter = bench().state(ROWS, p);
    Twin velocity = bench().state(ROWS, zeros);
    Twin adams = bench().state(ROWS, p);
    Twin m = bench().state(ROWS, zeros);
    Twin v = bench().state(ROWS, zeros);
    SgdStep sgd = new SgdStep(0.5f, 0, 0, true);
    AdamStep adam = new AdamStep(1e-3f, 0.9f, 0.999f, 1e-8f, 0, true, 1);
    bench()
        .run(
            s -> {
              Gradient gradient =
                  term.<Gradient>map(t -> new Gradient.Factored(List.of(s.term(t))))
                      .orElseGet(() -> Gradient.dense(s.of(batch)));
              s.backend().update().sgd(s.of(parameter), s.of(velocity), gradient, sgd);
              s.backend().update().adam(s.of(adams), s.of(m), s.of(v), gradient, adam);
            });
    float[] speed = bench().download(velocity);
    float[] mean = bench().download(m);
    for (int i = 0; i < speed.length; i++) {
      double tolerance = Tolerance.ofSum(ROWS.rowSize(), direction.magnitudes()[i]);
      assertThat((double) speed[i])
          .as("velocity %d", i)
          .isCloseTo(-0.5 * direction.values()[i], within(tolerance));
      assertThat((double) mean[i])
          .as("m %d", i)
          .isCloseTo(0.1 * direction.values()[i], within(tolerance));
    }
  }

  private TwinTerm oneWinnerAUnit(Twin batch) {
    Shape code = Shape.of(ROWS.rows(), ROWS.rows());
    boolean[] wins = new boolean[(int) code.size()];
    float[] ones = new float[wins.length];
    Arrays.fill(ones, 1);
    for (int u = 0; u < ROWS.rows(); u++) {
      wins[u * ROWS.rows() + u] = true;
    }
    TwinWinners winners = bench().winners(code, ROWS.rows());
    bench().run(s -> s.backend().memory().upload(Codes.list(code, wins, ones), s.of(winners)));
    return new TwinTerm(winners, bench().coefficients(winners, ones), batch, Optional.empty());
  }

  /** What Adam divides by is the root of a square that may be no float32. */
  @ParameterizedTest(name = "Adam, epsilon {0}, step {1}")
  @CsvSource({"1e-8, 1", "1e-8, 1000", "1e-30, 1", "1e-30, 1000", "1, 2"})
  default void adamTakesGradientsOfAnySize(float epsilon, long t) {
    float[] sizes = {1, 9.8e-45f, 1e-38f, 1e-25f, 1e-15f, 1.9e19f, 1e20f, 5e20f, 1e22f, 3.4e38f};
    Shape shape = Shape.of(sizes.length, 37);
    float[] g = new float[(int) shape.size()];
    for (int i = 0; i < g.length; i++) {
      g[i] = (i % 2 == 0 ? 1 : -1) * sizes[i % 37 == 5 ? 0 : i / 37];
    }
    float[] half = new float[g.length];
    Arrays.fill(half, 0.5f);
    Twin parameter = bench().state(shape, half);
    Twin m = bench().state(shape, new float[g.length]);
    Twin v = bench().state(shape, new float[g.length]);
    Twin gradient = bench().input(shape, g);
    for (long step = t; step < t + 2; step++) { // the second starts from what the first stored
      AdamStep adam = new AdamStep(0.125f, 0.9f, 0.999f, epsilon, 0, false, step);
      bench()
          .run(
              s ->
                  s.backend()
                      .update()
                      .adam(
                          s.of(parameter), s.of(m), s.of(v), Gradient.dense(s.of(gradient)), adam));
      if (step == 1) {
        checkFirstStep(g, epsilon, bench().download(parameter));
      }
      bench().assertWithin(m, expected -> Tolerance.relative(32, expected));
      bench().assertWithin(v, expected -> Tolerance.relative(32, expected));
      bench().assertWithin(parameter, expected -> Tolerance.relative(64, 1 + Math.abs(expected)));
    }
  }

  /** Bias-corrected, the first step is along {@code g / (|g| + epsilon)}. */
  private static void checkFirstStep(float[] g, float epsilon, float[] parameter) {
    for (int i = 0; i < g.length; i++) {
      double expected = 0.5 - 0.125 * g[i] / (Math.abs((double) g[i]) + epsilon);
      assertThat((double) parameter[i]).as("along %s", g[i]).isCloseTo(expected, within(1e-5));
    }
  }

  @Test
  default void sgdTakesGradientsOfAnySize() {
    Shape shape = Shape.of(3, 37);
    float[] g = new float[(int) shape.size()];
    float[] p = new float[g.length];
    for (int i = 0; i < g.length; i++) {
      g[i] = i < 37 ? 1 : i % 2 == 0 ? 3.4e38f : 9.8e-45f;
      p[i] = i < 37 ? 1 : i % 2 == 0 ? 3e38f : 9.8e-45f;
    }
    Twin parameter = bench().state(shape, p);
    Twin velocity = bench().state(shape, new float[g.length]);
    Twin gradient = bench().input(shape, g);
    SgdStep step = new SgdStep(0.01f, 0.9f, 0.5f, false);
    bench()
        .run(
            s ->
                s.backend()
                    .update()
                    .sgd(s.of(parameter), s.of(velocity), Gradient.dense(s.of(gradient)), step));
    bench().assertWithin(velocity, expected -> Tolerance.relative(16, expected));
    bench().assertWithin(parameter, expected -> Tolerance.relative(16, expected));
  }
}
