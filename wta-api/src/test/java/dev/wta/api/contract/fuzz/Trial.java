package dev.wta.api.contract.fuzz;

import dev.wta.api.contract.support.Side;
import dev.wta.api.contract.support.TestBench;
import dev.wta.api.contract.support.Tolerance;
import dev.wta.api.contract.support.Twin;
import dev.wta.api.contract.support.TwinWinners;
import dev.wta.api.op.SelectionRule;
import dev.wta.api.tensor.Shape;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Function;
import java.util.function.IntToDoubleFunction;

/** One case being run: its choices, its tensors, and what they are held to. */
final class Trial {
  private final Choices choices;
  private final TestBench bench;
  private boolean mayOverflow;

  Trial(Choices choices, TestBench bench) {
    this.choices = choices;
    this.bench = bench;
    bench.guardWith(choices.pick("guards", List.of(16, 17, 18, 20)));
  }

  Choices choices() {
    return choices;
  }

  TestBench bench() {
    return bench;
  }

  /** Whether a number in this case is so large that results may leave the range of float32. */
  boolean mayOverflow() {
    return mayOverflow;
  }

  Twin input(String name, Shape shape) {
    return input(name, shape, Data.ALL);
  }

  Twin input(String name, Shape shape, List<Data> kinds) {
    return bench.input(shape, values(name, shape, kinds));
  }

  Twin state(String name, Shape shape) {
    return bench.state(shape, values(name, shape, Data.ALL));
  }

  /** What an operation writes, and reads as well if {@code read}. */
  Twin target(String name, Shape shape, boolean read) {
    return read ? state(name, shape) : bench.output(shape);
  }

  float[] values(String name, Shape shape, List<Data> kinds) {
    Data data = choices.pick(name + ".data", kinds);
    mayOverflow |= data.mayOverflow();
    return data.fill(Math.toIntExact(shape.size()), choices.noise(name + ".values"));
  }

  /** Winners with room for what {@code rule} leaves, and sometimes some more. */
  TwinWinners winners(Shape code, Function<Side, SelectionRule> rule) {
    int room = rule.apply(new Side(Side.Kind.REFERENCE, bench.reference())).capacity(code);
    return bench.winners(code, Math.addExact(room, choices.between("room", 0, 3)));
  }

  /** Whether an input has neither NaN nor infinities. */
  boolean isFinite(Twin input) {
    for (float value : bench.expected(input)) {
      if (!Float.isFinite(value)) {
        return false;
      }
    }
    return true;
  }

  /** The result is a sum of {@code terms} terms, computed by {@link TestBench#runSum}. */
  void assertSum(Twin result, long terms) {
    float[] magnitudes = bench.magnitudes(result);
    assertNear(result, i -> ofSum(terms, magnitudes[i]));
  }

  /** What a sum may be off by, of terms whose magnitudes add up to {@code magnitude}. */
  double ofSum(long terms, double magnitude) {
    if (mayOverflow && !(magnitude < Float.MAX_VALUE / 64)) {
      return Double.NaN; // anything
    }
    // An infinite term makes an infinite sum: nothing is rounded.
    return Double.isInfinite(magnitude) ? 0 : Tolerance.ofSum(terms, magnitude);
  }

  /**
   * The magnitudes of a convolution's outputs, of which neighbours may share their rounding. What
   * is not finite is not rounded, and taints no neighbour.
   */
  float[] sharedMagnitudes(Twin result) {
    float[] own = bench.magnitudes(result);
    float[] shared = Tolerance.neighbourhoods(own, result.shape());
    for (int i = 0; i < own.length; i++) {
      shared[i] = own[i] <= Float.MAX_VALUE ? shared[i] : own[i];
    }
    return shared;
  }

  void assertExact(Twin result) {
    assertNear(result, _ -> 0);
  }

  void assertWithin(Twin result, DoubleUnaryOperator tolerance) {
    float[] expected = bench.expected(result);
    assertNear(
        result, i -> Double.isInfinite(expected[i]) ? 0 : tolerance.applyAsDouble(expected[i]));
  }

  /** Each element is near the reference's; a tolerance of NaN accepts anything. */
  void assertNear(Twin result, IntToDoubleFunction tolerance) {
    float[] expected = bench.expected(result);
    float[] actual = bench.download(result);
    for (int i = 0; i < expected.length; i++) {
      if (!near(actual[i], expected[i], tolerance.applyAsDouble(i))) {
        String what = "element %d of %s".formatted(i, result.shape());
        assertNear(what, actual[i], expected[i], tolerance.applyAsDouble(i));
      }
    }
  }

  static void assertNear(String what, double actual, double expected, double tolerance) {
    if (!near(actual, expected, tolerance)) {
      throw new AssertionError(
          "%s is %s, should be %s to within %s".formatted(what, actual, expected, tolerance));
    }
  }

  /** Whether one may stand for the other; infinity is near the largest numbers. */
  static boolean near(double actual, double expected, double tolerance) {
    if (Double.isNaN(tolerance) || Double.compare(actual, expected) == 0) {
      return true;
    }
    return Math.abs(finite(actual) - finite(expected)) <= tolerance;
  }

  /** What is too large for a float32 lies just behind the largest. */
  private static double finite(double value) {
    return Double.isNaN(value) ? value : Math.clamp(value, -0x1p128, 0x1p128);
  }
}
