package dev.wta.api.contract.fuzz;

import dev.wta.api.contract.support.Codes;
import dev.wta.api.contract.support.Side;
import dev.wta.api.contract.support.TestBench;
import dev.wta.api.contract.support.Twin;
import dev.wta.api.contract.support.TwinWinners;
import dev.wta.api.op.SelectionRule;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.WinnerList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Random winners for operations to work on: uploaded, selected and, of fully-connected codes,
 * encoded, since a backend may lay them out by how they came about.
 */
final class SparseCodes {
  private enum Source {
    UPLOADED,
    SELECTED,
    ENCODED
  }

  private SparseCodes() {}

  static TwinWinners of(Trial t, Shape code) {
    List<Source> sources =
        code.rank() == 2
            ? List.of(Source.UPLOADED, Source.SELECTED, Source.ENCODED)
            : List.of(Source.UPLOADED, Source.SELECTED);
    TwinWinners winners =
        switch (t.choices().pick("winners", sources)) {
          case UPLOADED -> uploaded(t, "winners", code);
          case SELECTED -> selected(t, code);
          case ENCODED -> encoded(t, code);
        };
    t.bench().assertSameWinners(winners);
    return winners;
  }

  /** Coefficients for them: their values, or any. */
  static Twin coefficients(Trial t, String name, TwinWinners winners) {
    return t.bench().coefficients(winners, t.values(name, winners.code(), Data.ALL));
  }

  static TwinWinners uploaded(Trial t, String name, Shape code) {
    double density =
        t.choices().pick(name + ".density", List.of(1.0, 0.0, 0.5, 0.1, 0.1, 0.02, 0.005));
    Noise noise = t.choices().noise(name);
    boolean[] wins = new boolean[(int) code.size()];
    for (int i = 0; i < wins.length; i++) {
      wins[i] = noise.uniform() < density;
    }
    WinnerList list = Codes.list(code, wins, t.values(name + ".values", code, Data.ALL));
    TestBench bench = t.bench();
    TwinWinners winners =
        bench.winners(code, list.count() + t.choices().between(name + ".room", 0, 5));
    bench.run(s -> s.backend().memory().upload(list, s.of(winners)));
    return winners;
  }

  private static TwinWinners selected(Trial t, Shape code) {
    Function<Side, SelectionRule> rule = Rules.any(t, code);
    Twin activations = t.input("activations", code);
    TwinWinners winners = t.winners(code, rule);
    t.bench()
        .run(s -> s.backend().selection().select(s.of(activations), rule.apply(s), s.of(winners)));
    return winners;
  }

  private static TwinWinners encoded(Trial t, Shape code) {
    Function<Side, SelectionRule> rule = Rules.any(t, code);
    int inputs = t.choices().between("encoderInputs", 1, 6);
    Twin x = t.input("encoderX", Shape.of(code.rows(), inputs), Data.EXACT);
    Twin weights = t.input("encoderWeights", Shape.of(code.extent(1), inputs), Data.EXACT);
    Twin bias = t.input("encoderBias", Shape.of(code.extent(1)), Data.EXACT);
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
    return winners;
  }
}
