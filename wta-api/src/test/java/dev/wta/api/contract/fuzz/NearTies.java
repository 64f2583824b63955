package dev.wta.api.contract.fuzz;

import dev.wta.api.contract.support.Side;
import dev.wta.api.contract.support.TestBench;
import dev.wta.api.contract.support.Twin;
import dev.wta.api.contract.support.TwinWinners;
import dev.wta.api.op.SelectionRule;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.WinnerList;
import java.util.function.Function;

/**
 * Whether winners are right where their activations were rounded: where those differ by less than
 * rounding, either may win.
 *
 * <p>If the winners are those of any code within rounding of the exact one, then they are those of
 * the code that is kindest to them, where the winners' activations are as large as rounding can
 * have made them, and all others as small. The reference selects from that one. This holds for
 * rules that are no chain, and for those among spatial winners, whose groups do not depend on who
 * won before.
 */
final class NearTies {
  private NearTies() {}

  /**
   * @param code the exact activations before the ReLU, of the reference
   * @param magnitudes of the sums of {@code terms} terms that they are
   */
  static void check(
      Trial t,
      TwinWinners winners,
      Function<Side, SelectionRule> rule,
      Twin code,
      float[] magnitudes,
      long terms) {
    TestBench bench = t.bench();
    float[] exact = bench.expected(code);
    double[] tolerances = new double[exact.length];
    for (int i = 0; i < exact.length; i++) {
      tolerances[i] = t.ofSum(terms, magnitudes[i]);
      if (Double.isNaN(tolerances[i]) && t.mayOverflow()) {
        bench.assertRepeated(winners);
        return; // this activation may be anything
      }
    }
    WinnerList list = bench.tested().memory().download(winners.on(Side.Kind.TESTED));
    float[] kindest = lowered(exact, tolerances);
    for (int w = 0; w < list.count(); w++) {
      int i = index(winners.code(), list, w);
      float value = list.values()[w];
      String what = "the value of winner %d (element %d of the code)".formatted(w, i);
      Trial.assertNear(what, value, Math.max(0, exact[i]), tolerances[i]);
      if (!(value > 0)) {
        throw new AssertionError("%s is %s, which is not positive".formatted(what, value));
      }
      kindest[i] = Math.nextUp((float) (exact[i] + tolerances[i]));
    }
    assertSelected(t, winners, rule, kindest, list);
  }

  private static float[] lowered(float[] exact, double[] tolerances) {
    float[] lowered = new float[exact.length];
    for (int i = 0; i < exact.length; i++) {
      lowered[i] =
          tolerances[i] == 0 || Float.isInfinite(exact[i])
              ? exact[i]
              : Math.nextDown((float) (exact[i] - tolerances[i]));
    }
    return lowered;
  }

  private static void assertSelected(
      Trial t,
      TwinWinners winners,
      Function<Side, SelectionRule> rule,
      float[] code,
      WinnerList list) {
    Side reference = new Side(Side.Kind.REFERENCE, t.bench().reference());
    var memory = t.bench().reference().memory();
    for (int i = 0; i < code.length; i++) {
      code[i] = Math.max(0, code[i]); // the ReLU; NaN stays
    }
    var expected = winners.on(Side.Kind.REFERENCE);
    try (var activations = memory.of(winners.code(), code)) {
      t.bench().reference().selection().select(activations, rule.apply(reference), expected);
    }
    TestBench.assertSamePlaces(list, memory.download(expected));
    if (winners.on(Side.Kind.TESTED).nanCount() != expected.nanCount()) {
      throw new AssertionError(
          "nanCount() is %d, should be %d"
              .formatted(winners.on(Side.Kind.TESTED).nanCount(), expected.nanCount()));
    }
    t.bench().assertRepeated(winners);
  }

  private static int index(Shape code, WinnerList list, int w) {
    int positions = (int) (code.size() / ((long) code.rows() * code.extent(1)));
    return (list.samples()[w] * code.extent(1) + list.units()[w]) * positions + list.positions()[w];
  }
}
