package dev.wta.api.contract.fuzz;

import dev.wta.api.contract.fuzz.Factors.Parameter;
import dev.wta.api.contract.support.Formulas;
import dev.wta.api.contract.support.Formulas.Numbers;
import dev.wta.api.contract.support.Side;
import dev.wta.api.contract.support.Tolerance;
import dev.wta.api.contract.support.Twin;
import dev.wta.api.op.Gradient;
import dev.wta.api.op.Update.AdamStep;
import dev.wta.api.op.Update.RowNorm;
import dev.wta.api.op.Update.SgdStep;
import dev.wta.api.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/** Random cases of {@link dev.wta.api.op.Update}, held to the equations themselves. */
final class UpdateCases {
  private static final double ELEMENTS = Shapes.ELEMENTS / 2;

  private UpdateCases() {}

  static List<Operation> all() {
    return List.of(
        Operation.of("sgd", t -> sgd(t, dense(t))),
        Operation.of("sgdFactored", t -> sgd(t, factored(t))),
        Operation.of("adam", t -> adam(t, dense(t))),
        new Operation("adamFactored", 2, t -> adam(t, factored(t))),
        Operation.of("normaliseRows", UpdateCases::normaliseRows));
  }

  /** A gradient, and what it is when materialised. */
  @SuppressWarnings("ArrayRecordComponent") // a plain carrier, never compared
  private record Slope(
      Shape shape, Function<Side, Gradient> on, float[] values, float[] magnitudes, long terms) {}

  private static Slope dense(Trial t) {
    Shape shape = Shape.of(t.choices().extents(t.choices().budget(ELEMENTS), "units", "inputs"));
    Twin gradient = t.input("gradient", shape);
    t.bench().runSum(_ -> {});
    return new Slope(
        shape,
        s -> Gradient.dense(s.of(gradient)),
        t.bench().expected(gradient),
        t.bench().magnitudes(gradient),
        1);
  }

  private static Slope factored(Trial t) {
    Parameter parameter = Factors.of(t);
    Twin dense = t.bench().output(parameter.shape());
    t.bench().runSum(s -> s.backend().sparse().materialise(parameter.gradient(s), 0, s.of(dense)));
    return new Slope(
        parameter.shape(),
        parameter::gradient,
        t.bench().expected(dense),
        t.bench().magnitudes(dense),
        parameter.terms());
  }

  private static Numbers direction(Slope slope, float[] parameter, boolean tangent) {
    Numbers numbers = new Numbers(parameter.length);
    for (int i = 0; i < parameter.length; i++) {
      numbers.values()[i] = slope.values()[i];
      numbers.magnitudes()[i] = slope.magnitudes()[i];
    }
    return Formulas.direction(
        numbers.values(), numbers.magnitudes(), parameter, slope.shape().rowSize(), tangent);
  }

  private static void sgd(Trial t, Slope slope) {
    Choices choices = t.choices();
    SgdStep step =
        new SgdStep(
            choices.pick("rate", List.of(1f, 0.1f, 1e-3f, 0f)),
            choices.pick("momentum", List.of(0f, 0.9f, 0.5f)),
            choices.pick("decay", List.of(0f, 0.01f, 1f)),
            choices.flag("tangent"));
    Shape shape = slope.shape();
    Twin parameter = t.state("parameter", shape);
    Twin velocity = t.state("velocity", shape);
    float[] p = t.bench().expected(parameter);
    float[] speed = t.bench().expected(velocity);
    t.bench()
        .run(
            s ->
                s.backend()
                    .update()
                    .sgd(s.of(parameter), s.of(velocity), slope.on().apply(s), step));
    Formulas.Stepped expected = Formulas.sgd(p, speed, direction(slope, p, step.tangent()), step);
    long terms = slope.terms() + (step.tangent() ? shape.rowSize() : 0);
    boolean[] broken = broken(p, shape, step.tangent());
    assertNumbers(t, "parameter", parameter, expected.parameter(), terms, broken);
    assertNumbers(t, "velocity", velocity, expected.first(), terms, broken);
  }

  private static void adam(Trial t, Slope slope) {
    Choices choices = t.choices();
    AdamStep step =
        new AdamStep(
            choices.pick("rate", List.of(1e-3f, 0.1f, 1f, 0f)),
            choices.pick("beta1", List.of(0.9f, 0f, 0.5f)),
            choices.pick("beta2", List.of(0.999f, 0.9f, 0.5f)),
            choices.pick("epsilon", List.of(1e-8f, 1e-3f, 6.25e-10f, 1e-15f)),
            choices.pick("decay", List.of(0f, 0.01f, 1f)),
            choices.flag("tangent"),
            choices.pick("t", List.of(1L, 2L, 7L, 1000L, 1_000_000L, 1L << 40)));
    Shape shape = slope.shape();
    Twin parameter = t.state("parameter", shape);
    Twin m = t.state("m", shape);
    Twin v = t.bench().state(shape, squares(t, shape));
    float[] p = t.bench().expected(parameter);
    float[] first = t.bench().expected(m);
    float[] second = t.bench().expected(v);
    t.bench()
        .run(
            s ->
                s.backend()
                    .update()
                    .adam(s.of(parameter), s.of(m), s.of(v), slope.on().apply(s), step));
    Formulas.Stepped expected =
        Formulas.adam(p, first, second, direction(slope, p, step.tangent()), step);
    long terms = slope.terms() + (step.tangent() ? shape.rowSize() : 0);
    boolean[] broken = broken(p, shape, step.tangent());
    assertNumbers(t, "m", m, expected.first(), terms, broken);
    assertNumbers(t, "v", v, expected.second(), terms, broken);
    assertAdam(t, parameter, p, expected, step, terms, broken);
  }

  /** Elements that a tangent step may make NaN, since their row is not finite. */
  private static boolean[] broken(float[] parameter, Shape shape, boolean tangent) {
    boolean[] broken = new boolean[parameter.length];
    for (int i = 0; tangent && i < broken.length; i++) {
      if (!Float.isFinite(parameter[i])) {
        int row = i / shape.rowSize() * shape.rowSize();
        Arrays.fill(broken, row, row + shape.rowSize(), true);
      }
    }
    return broken;
  }

  /** Second moments are not negative. */
  private static float[] squares(Trial t, Shape shape) {
    float[] values = t.values("v", shape, Data.ALL);
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.abs(values[i]);
    }
    return values;
  }

  /**
   * The parameter lies between what the ends of the moments' tolerances make of it: where v is near
   * 0, a little of it makes much of the direction.
   */
  private static void assertAdam(
      Trial t,
      Twin parameter,
      float[] p,
      Formulas.Stepped expected,
      AdamStep step,
      long terms,
      boolean[] broken) {
    float[] actual = t.bench().download(parameter);
    double correction1 = 1 - Math.pow(step.beta1(), (double) step.t());
    double correction2 = 1 - Math.pow(step.beta2(), (double) step.t());
    for (int i = 0; i < actual.length; i++) {
      double first = Math.abs(expected.first().values()[i]) / correction1;
      double second = expected.second().values()[i];
      double firstOff = t.ofSum(terms, (float) expected.first().magnitudes()[i]) / correction1;
      double secondOff = t.ofSum(terms, (float) expected.second().magnitudes()[i]);
      double least = Math.sqrt(Math.max(0, second - secondOff) / correction2) + step.epsilon();
      double most = Math.sqrt((second + secondOff) / correction2) + step.epsilon();
      double direction = first / (Math.sqrt(second / correction2) + step.epsilon());
      double longest = (first + firstOff) / least;
      double shortest = (first - firstOff) / most;
      double off = step.rate() * Math.max(longest - direction, direction - shortest);
      double magnitude = Math.abs(p[i]) * (1 + step.rate() * step.decay()) + step.rate() * longest;
      double value = expected.parameter().values()[i];
      double tolerance = Double.isInfinite(value) ? 0 : off + Tolerance.relative(24, magnitude);
      if (t.mayOverflow() && !(Math.max(longest, magnitude) < Float.MAX_VALUE / 64)) {
        tolerance = Double.NaN;
      }
      boolean accepted = broken[i] && Float.isNaN(actual[i]);
      if (!accepted && !Trial.near(actual[i], (float) value, tolerance)) {
        Trial.assertNear("parameter, element " + i, actual[i], (float) value, tolerance);
      }
    }
  }

  private static void assertNumbers(
      Trial t, String what, Twin actual, Numbers expected, long terms, boolean[] broken) {
    float[] numbers = t.bench().download(actual);
    for (int i = 0; i < numbers.length; i++) {
      double tolerance = t.ofSum(terms, (float) expected.magnitudes()[i]);
      boolean accepted = broken[i] && Float.isNaN(numbers[i]);
      if (!accepted && !Trial.near(numbers[i], (float) expected.values()[i], tolerance)) {
        Trial.assertNear(
            what + ", element " + i, numbers[i], (float) expected.values()[i], tolerance);
      }
    }
  }

  private static void normaliseRows(Trial t) {
    RowNorm norm = t.choices().pick("norm", List.of(RowNorm.values()));
    float bound = t.choices().pick("bound", List.of(1f, 0.5f, 3f, 1e-3f, 1e3f, 1e-30f, 1e30f));
    Shape shape = Shapes.tensor(t.choices());
    Twin parameter = t.state("parameter", shape);
    t.bench().run(s -> s.backend().update().normaliseRows(s.of(parameter), norm, bound));
    t.assertWithin(parameter, expected -> Tolerance.ofSum(shape.rowSize(), Math.abs(expected)));
  }
}
