package dev.wta.api.contract.support;

import dev.wta.api.op.SelectionRule;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.WinnerList;
import java.util.List;
import java.util.function.BiFunction;

/**
 * Sparse codes for operations to work on. A backend may lay winners out by how they came about, so
 * they come about in every way: uploaded, and selected by each kind of rule.
 */
public final class Codes {
  private Codes() {}

  /** A way to make winners of a code of some shape. */
  public record Source(
      String name, boolean sparse, BiFunction<TestBench, Shape, TwinWinners> maker) {
    public TwinWinners make(TestBench bench, Shape code) {
      return maker.apply(bench, code);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  public static List<Source> ofUnits() {
    return List.of(
        new Source("uploaded", true, (bench, code) -> uploaded(bench, code, 0.1)),
        new Source("uploaded, all", false, (bench, code) -> uploaded(bench, code, 1)),
        new Source("none", true, (bench, code) -> uploaded(bench, code, 0)),
        selected("lifetime", new SelectionRule.Lifetime(3)),
        selected("top k", new SelectionRule.PerSample(5)),
        selected("batch top k", new SelectionRule.Global(40)),
        selected(
            "lifetime, then top k",
            new SelectionRule.Lifetime(3).then(new SelectionRule.PerSample(2))));
  }

  public static List<Source> ofMaps() {
    return List.of(
        new Source("uploaded", true, (bench, code) -> uploaded(bench, code, 0.1)),
        new Source("uploaded, all", false, (bench, code) -> uploaded(bench, code, 1)),
        new Source("none", true, (bench, code) -> uploaded(bench, code, 0)),
        selected("spatial", new SelectionRule.Spatial()),
        selected(
            "spatial, then lifetime",
            new SelectionRule.Spatial().then(new SelectionRule.Lifetime(2))),
        selected("lifetime", new SelectionRule.Lifetime(4)));
  }

  private static Source selected(String name, SelectionRule rule) {
    return new Source(
        name,
        true,
        (bench, code) -> {
          Twin activations = bench.input(code, new RandomValues(100).normal(code));
          TwinWinners winners = bench.winners(code, rule);
          bench.run(s -> s.backend().selection().select(s.of(activations), rule, s.of(winners)));
          bench.assertSameWinners(winners);
          return winners;
        });
  }

  /** About {@code density} of all places win, and of every map the corners; room for some more. */
  private static TwinWinners uploaded(TestBench bench, Shape code, double density) {
    boolean[] wins = new boolean[(int) code.size()];
    RandomValues random = new RandomValues(101);
    float[] chances = random.uniform(code, 0, 1);
    for (int i = 0; i < wins.length; i++) {
      wins[i] = chances[i] < density || (density > 0 && isCorner(code, i));
    }
    WinnerList list = list(code, wins, random.normal(code));
    TwinWinners winners = bench.winners(code, list.count() + 5);
    bench.run(s -> s.backend().memory().upload(list, s.of(winners)));
    bench.assertSameWinners(winners);
    return winners;
  }

  private static boolean isCorner(Shape code, int index) {
    if (code.rank() == 2) {
      return false;
    }
    int height = code.extent(2);
    int width = code.extent(3);
    int x = index % width;
    int y = index / width % height;
    return (x == 0 || x == width - 1) && (y == 0 || y == height - 1);
  }

  /** The places that win, in canonical order, with the values that {@code values} has there. */
  public static WinnerList list(Shape code, boolean[] wins, float[] values) {
    int positions = code.rank() == 2 ? 1 : code.extent(2) * code.extent(3);
    int count = 0;
    for (boolean win : wins) {
      count += win ? 1 : 0;
    }
    WinnerList list =
        new WinnerList(new int[count], new int[count], new int[count], new float[count]);
    int w = 0;
    for (int unit = 0; unit < code.extent(1); unit++) {
      for (int sample = 0; sample < code.rows(); sample++) {
        for (int position = 0; position < positions; position++) {
          int index = (sample * code.extent(1) + unit) * positions + position;
          if (wins[index]) {
            list.samples()[w] = sample;
            list.units()[w] = unit;
            list.positions()[w] = position;
            list.values()[w] = values[index];
            w++;
          }
        }
      }
    }
    return list;
  }
}
