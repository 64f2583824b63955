package dev.wta.api.contract.fuzz;

import dev.wta.api.contract.fuzz.Shapes.Geometry;
import dev.wta.api.contract.support.Side;
import dev.wta.api.contract.support.TestBench;
import dev.wta.api.contract.support.Twin;
import dev.wta.api.contract.support.TwinWinners;
import dev.wta.api.op.SelectionRule;
import dev.wta.api.tensor.Shape;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Random cases of {@link dev.wta.api.op.Selection}. Sums of whole numbers have no rounding, so
 * their winners are the reference's, under any rule; where sums are rounded, see {@link NearTies}.
 */
final class SelectionCases {
  /** A backend may convolve more channels by way of transforms, which round. */
  private static final int EXACT_CHANNELS = 13;

  private SelectionCases() {}

  static List<Operation> all() {
    return List.of(
        new Operation("select", 3, SelectionCases::select),
        new Operation("encodeWinners", 5, SelectionCases::encodeWinners),
        new Operation("encodeWinnersMaps", 3, SelectionCases::encodeWinnersMaps));
  }

  private static void select(Trial t) {
    Shape code = Shapes.code(t.choices());
    Function<Side, SelectionRule> rule = Rules.any(t, code);
    Twin activations = t.input("activations", code);
    TwinWinners winners = t.winners(code, rule);
    t.bench()
        .run(s -> s.backend().selection().select(s.of(activations), rule.apply(s), s.of(winners)));
    t.bench().assertSameWinners(winners);
  }

  private static void encodeWinners(Trial t) {
    double budget = t.choices().budget(Shapes.PRODUCTS);
    int[] size = t.choices().extents(Math.min(budget, Shapes.CODE), "samples", "units");
    int inputs = t.choices().extent("inputs", budget / Math.max(1, (double) size[0] * size[1]));
    Shape code = Shape.of(size);
    boolean exact = t.choices().flag("exact");
    List<Data> kinds = exact ? Data.EXACT : Data.ALL;
    Function<Side, SelectionRule> rule = exact ? Rules.any(t, code) : Rules.single(t, code);
    Twin x = t.input("x", Shape.of(size[0], inputs), kinds);
    Twin weights = t.input("weights", Shape.of(size[1], inputs), kinds);
    Twin bias = t.input("bias", Shape.of(size[1]), kinds);
    TwinWinners winners = t.winners(code, rule);
    t.bench()
        .run(
            s ->
                s.backend()
                    .selection()
                    .encodeWinners(
                        s.of(x),
                        s.of(weights),
                        Optional.empty(),
                        s.of(bias),
                        rule.apply(s),
                        s.of(winners)));
    if (exact) {
      t.bench().assertSameWinners(winners);
      return;
    }
    Twin dense = t.bench().output(code);
    t.bench()
        .runSum(
            s ->
                s.backend()
                    .dense()
                    .gemm(
                        s.of(x),
                        false,
                        s.of(weights),
                        true,
                        1,
                        0,
                        s.epilogue(Optional.of(bias), false),
                        s.of(dense)));
    NearTies.check(t, winners, rule, dense, t.bench().magnitudes(dense), inputs + 1L);
  }

  private static void encodeWinnersMaps(Trial t) {
    Geometry g = Shapes.geometry(t.choices(), Shapes.PRODUCTS, Shapes.CODE);
    Shape code = g.code();
    boolean exact = t.choices().flag("exact") && g.images().extent(1) <= EXACT_CHANNELS;
    List<Data> kinds = exact ? Data.EXACT : Data.ALL;
    Function<Side, SelectionRule> rule = exact ? Rules.any(t, code) : Rules.single(t, code);
    Twin images = t.input("images", g.images(), kinds);
    Twin filters = t.input("filters", g.filters(), kinds);
    Twin bias = t.input("bias", Shape.of(g.filters().rows()), kinds);
    TwinWinners winners = t.winners(code, rule);
    TestBench bench = t.bench();
    bench.run(
        s ->
            s.backend()
                .selection()
                .encodeWinners(
                    s.of(images),
                    s.of(filters),
                    Optional.of(g.window()),
                    s.of(bias),
                    rule.apply(s),
                    s.of(winners)));
    if (!t.isFinite(filters)) {
      bench.assertRepeated(winners); // they may have met zeros outside an image, see the SPI
      return;
    }
    if (exact) {
      bench.assertSameWinners(winners);
      return;
    }
    Twin maps = bench.output(code);
    bench.runSum(
        s ->
            s.backend()
                .convolution()
                .forward(
                    s.of(images),
                    s.of(filters),
                    g.window(),
                    s.epilogue(Optional.of(bias), false),
                    s.of(maps)));
    long terms = (long) g.images().extent(1) * g.taps() + 1;
    NearTies.check(t, winners, rule, maps, t.sharedMagnitudes(maps), terms);
  }
}
