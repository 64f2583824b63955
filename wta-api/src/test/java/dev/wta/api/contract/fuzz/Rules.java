package dev.wta.api.contract.fuzz;

import dev.wta.api.Rule;
import dev.wta.api.Shape;
import dev.wta.api.contract.Side;
import dev.wta.api.contract.Twin;
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
  static Function<Side, Rule> any(Trial t, Shape code) {
    return drawn(t, "rule", code, DEPTH);
  }

  /** A rule that is no chain, or CONV-WTA's. */
  static Function<Side, Rule> single(Trial t, Shape code) {
    if (code.rank() == 4 && t.choices().flag("spatialFirst")) {
      Function<Side, Rule> next = drawn(t, "rule", code, 1);
      return s -> new Rule.Spatial().then(next.apply(s));
    }
    return drawn(t, "rule", code, 1);
  }

  private static Function<Side, Rule> drawn(Trial t, String name, Shape code, int depth) {
    Choices choices = t.choices();
    Kind kind = choices.pick(name, kinds(code, depth));
    return switch (kind) {
      case PER_ROW -> same(new Rule.PerRow(choices.winners(name + ".k", group(code, 0))));
      case PER_COLUMN -> same(new Rule.PerColumn(choices.winners(name + ".k", group(code, 1))));
      case GLOBAL -> same(new Rule.Global(choices.winners(name + ".k", (int) code.size())));
      case SPATIAL -> same(new Rule.Spatial());
      case ABOVE -> {
        Twin thresholds = t.input(name + ".thresholds", Shape.of(code.extent(1)));
        yield s -> s.above(thresholds);
      }
      case THEN -> {
        Function<Side, Rule> first = drawn(t, name + ".1", code, depth - 1);
        Function<Side, Rule> second = drawn(t, name + ".2", code, depth - 1);
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

  private static Function<Side, Rule> same(Rule rule) {
    return _ -> rule;
  }
}
