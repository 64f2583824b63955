package dev.wta.api.contract;

import static org.assertj.core.api.Assertions.fail;

import dev.wta.api.contract.support.Formulas;
import dev.wta.api.contract.support.Formulas.Numbers;
import dev.wta.api.contract.support.Formulas.Stepped;
import dev.wta.api.contract.support.RandomValues;
import dev.wta.api.contract.support.Sizes;
import dev.wta.api.contract.support.Tolerance;
import dev.wta.api.contract.support.Twin;
import dev.wta.api.op.Gradient;
import dev.wta.api.op.Update.AdamStep;
import dev.wta.api.op.Update.RowNorm;
import dev.wta.api.op.Update.SgdStep;
import dev.wta.api.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Optimiser steps along dense gradients, held to the equations themselves, and row norms. */
public interface UpdateContract extends Contract {

  @ParameterizedTest(name = "SGD on {0}")
  @MethodSource("dev.wta.api.contract.support.Sizes#matrices")
  default void sgd(Shape shape) {
    List<SgdStep> steps =
        List.of(
            new SgdStep(0.1f, 0, 0, false),
            new SgdStep(0.01f, 0.9f, 0, false),
            new SgdStep(0.05f, 0.9f, 0.01f, false),
            new SgdStep(0.5f, 0.5f, 0, true),
            new SgdStep(0.5f, 0.5f, 0.01f, true));
    for (SgdStep step : steps) {
      RandomValues random = new RandomValues(150);
      float[] p = parameter(random, shape);
      float[] speed = random.normal(shape);
      float[] g = random.normal(shape);
      Twin parameter = bench().state(shape, p);
      Twin velocity = bench().state(shape, speed);
      Twin gradient = bench().input(shape, g);
      bench()
          .run(
              s ->
                  s.backend()
                      .update()
                      .sgd(s.of(parameter), s.of(velocity), Gradient.dense(s.of(gradient)), step));
      Numbers direction = direction(g, p, shape, step.tangent());
      Stepped expected = Formulas.sgd(p, speed, direction, step);
      int terms = step.tangent() ? shape.rowSize() : 1;
      checkBoth(step + ", parameter", parameter, expected.parameter(), terms);
      checkBoth(step + ", velocity", velocity, expected.first(), terms);
      bench().release();
    }
  }

  @ParameterizedTest(name = "Adam on {0}")
  @MethodSource("dev.wta.api.contract.support.Sizes#matrices")
  default void adam(Shape shape) {
    List<AdamStep> steps =
        List.of(
            new AdamStep(1e-3f, 0.9f, 0.999f, 1e-8f, 0, false, 1),
            new AdamStep(1e-3f, 0.9f, 0.999f, 1e-8f, 0, false, 2),
            new AdamStep(0.1f, 0.5f, 0.9f, 1e-3f, 0.05f, false, 7),
            new AdamStep(1e-4f, 0.9f, 0.999f, 6.25e-10f, 0, true, 31),
            new AdamStep(0.1f, 0, 0.999f, 1e-8f, 0.01f, true, 1_000_000));
    for (AdamStep step : steps) {
      RandomValues random = new RandomValues(151);
      float[] p = parameter(random, shape);
      float[] first = random.normal(shape);
      float[] second = random.uniform(shape, 0, 1);
      float[] g = random.normal(shape);
      for (int i = 0; i < g.length; i += 7) { // a unit that never had a gradient
        first[i] = 0;
        second[i] = 0;
        g[i] = 0;
      }
      Twin parameter = bench().state(shape, p);
      Twin m = bench().state(shape, first);
      Twin v = bench().state(shape, second);
      Twin gradient = bench().input(shape, g);
      bench()
          .run(
              s ->
                  s.backend()
                      .update()
                      .adam(
                          s.of(parameter), s.of(m), s.of(v), Gradient.dense(s.of(gradient)), step));
      Numbers direction = direction(g, p, shape, step.tangent());
      Stepped expected = Formulas.adam(p, first, second, direction, step);
      int terms = step.tangent() ? shape.rowSize() : 1;
      checkBoth(step + ", m", m, expected.first(), terms);
      checkBoth(step + ", v", v, expected.second(), terms);
      checkAdamParameter(step, parameter, direction, expected, terms);
      bench().release();
    }
  }

  /**
   * A tangent element near 0 keeps the rounding error of the larger numbers it is the difference
   * of, and v may be small as well: there the direction is no better than that error.
   */
  private void checkAdamParameter(
      AdamStep step, Twin parameter, Numbers direction, Stepped expected, int terms) {
    double correction = 1 - Math.pow(step.beta2(), (double) step.t());
    Numbers loosened =
        new Numbers(expected.parameter().values(), expected.parameter().magnitudes().clone());
    for (int i = 0; i < direction.values().length; i++) {
      double root = Math.sqrt(expected.second().values()[i] / correction) + step.epsilon();
      double swing = expected.first().magnitudes()[i] / root;
      double share = expected.second().magnitudes()[i] / (expected.second().values()[i] + 1e-30);
      loosened.magnitudes()[i] += step.rate() * swing * share;
    }
    checkBoth(step + ", parameter", parameter, loosened, terms);
  }

  /** Normal numbers, the first row zero: it has no direction. */
  private static float[] parameter(RandomValues random, Shape shape) {
    float[] values = random.normal(shape);
    if (shape.rows() > 0) {
      Arrays.fill(values, 0, shape.rowSize(), 0);
    }
    return values;
  }

  private static Numbers direction(float[] g, float[] p, Shape shape, boolean tangent) {
    double[] values = new double[g.length];
    double[] magnitudes = new double[g.length];
    for (int i = 0; i < g.length; i++) {
      values[i] = g[i];
      magnitudes[i] = Math.abs(g[i]);
    }
    return Formulas.direction(values, magnitudes, p, shape.rowSize(), tangent);
  }

  private void checkBoth(String what, Twin actual, Numbers expected, int terms) {
    check(what + " of the tested backend", bench().download(actual), expected, terms);
    check(what + " of the reference", bench().expected(actual), expected, terms);
  }

  private static void check(String what, float[] actual, Numbers expected, int terms) {
    for (int i = 0; i < actual.length; i++) {
      double tolerance = Tolerance.ofSum(terms, expected.magnitudes()[i]);
      if (!Tolerance.holds(actual[i], expected.values()[i], tolerance)) {
        fail(
            "%s: element %d is %s, the equation has %s, the tolerance is %s",
            what, i, actual[i], expected.values()[i], tolerance);
      }
    }
  }

  @ParameterizedTest(name = "rows normalised {0}")
  @EnumSource
  default void normaliseRows(RowNorm norm) {
    Sizes.matrices()
        .forEach(
            shape -> {
              float[] values = parameter(new RandomValues(152), shape);
              for (int i = 0; i < values.length; i++) {
                values[i] *= i / Math.max(1, shape.rowSize()) % 5; // rows short and long, and zero
              }
              Twin parameter = bench().state(shape, values);
              float bound = 1.25f;
              bench().run(s -> s.backend().update().normaliseRows(s.of(parameter), norm, bound));
              int terms = shape.rowSize();
              bench()
                  .assertWithin(parameter, expected -> Tolerance.ofSum(terms, Math.abs(expected)));
              bench().release();
            });
  }
}
