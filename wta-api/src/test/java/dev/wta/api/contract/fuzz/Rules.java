package dev.wta.api.contract.fuzz;

import dev.wta.api.contract.support.Side;
import dev.wta.api.contract.support.Twin;
import dev.wta.api.op.SelectionRule;
import dev.wta.api.tensor.Shape;
import java.util.List;
import java.util.function.Function;

/** Random rules: one, or one among the winners of another, and so on. */
final class Rules {
  private enum Kind {
    PER_ROW,
    PER_COLUMN,
    GLOBAL,
    SPATIAL,
    ABOVE,
    THEN
  }

  private static final int DEPTH = 3;

  private Rules() {}

  /** Any rule that codes of that shape can have, with each side's thresholds in it. */
  static Function<Side, SelectionRule> any(Trial t, Shape code) {
    return drawn(t, "rule", code, DEPTH);
  }

  /** A rule that is no chain, or CONV-WTA's. */
  static Function<Side, SelectionRule> single(Trial t, Shape code) {
    if (code.rank() == 4 && t.choices().flag("spatialFirst")) {
      Function<Side, SelectionRule> next = drawn(t, "rule", code, 1);
      return s -> new SelectionRule.Spatial().then(next.apply(s));
    }
    return drawn(t, "rule", code, 1);
  }

  private static Function<Side, SelectionRule> drawn(Trial t, String name, Shape code, int depth) {
    Choices choices = t.choices();
    Kind kind = choices.pick(name, kinds(code, depth));
    return switch (kind) {
      case PER_ROW ->
          same(new SelectionRule.PerSample(choices.winners(name + ".k", group(code, 0))));
      case PER_COLUMN ->
          same(new SelectionRule.Lifetime(choices.winners(name + ".k", group(code, 1))));
      case GLOBAL ->
          same(new SelectionRule.Global(choices.winners(name + ".k", (int) code.size())));
      case SPATIAL -> same(new SelectionRule.Spatial());
      case ABOVE -> {
        Twin thresholds = t.input(name + ".thresholds", Shape.of(code.extent(1)));
        yield s -> s.above(thresholds);
      }
      case THEN -> {
        Function<Side, SelectionRule> first = drawn(t, name + ".1", code, depth - 1);
        Function<Side, SelectionRule> second = drawn(t, name + ".2", code, depth - 1);
        yield s -> first.apply(s).then(second.apply(s));
      }
    };
  }

  private static List<Kind> kinds(Shape code, int depth) {
    if (code.rank() == 2) {
      return depth > 1
          ? List.of(Kind.PER_ROW, Kind.PER_COLUMN, Kind.GLOBAL, Kind.ABOVE, Kind.THEN)
          : List.of(Kind.PER_ROW, Kind.PER_COLUMN, Kind.GLOBAL, Kind.ABOVE);
    }
    return depth > 1
        ? List.of(Kind.PER_ROW, Kind.PER_COLUMN, Kind.GLOBAL, Kind.SPATIAL, Kind.ABOVE, Kind.THEN)
        : List.of(Kind.PER_ROW, Kind.PER_COLUMN, Kind.GLOBAL, Kind.SPATIAL, Kind.ABOVE);
  }

  /** The elements of a sample, or of a unit. */
  private static int group(Shape code, int axis) {
    return (int) (code.size() / Math.max(1, code.extent(axis)));
  }

  private static Function<Side, SelectionRule> same(SelectionRule rule) {
    return _ -> rule;
  }
}
