package dev.wta.models.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.api.op.SelectionRule;
import dev.wta.api.random.Philox;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.api.tensor.WinnerList;
import dev.wta.api.tensor.Winners;
import dev.wta.models.TestBackends;
import dev.wta.models.autodiff.Tape;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShardedSelectionTest {
  private static final int SAMPLES = 7;
  private static final int UNITS = 43;

  /** Few different numbers, so that many are equal, about as many of them not positive. */
  private static float[] code(int levels, int draw) {
    Philox stream = Seed.of(draw).stream("code");
    float[] code = new float[SAMPLES * UNITS];
    for (int i = 0; i < code.length; i++) {
      code[i] = (stream.below(2 * levels, i) - levels) * 0.37f;
    }
    return code;
  }

  private static List<String> selected(WinnerList list, int firstUnit) {
    List<String> winners = new ArrayList<>();
    for (int i = 0; i < list.count(); i++) {
      winners.add(
          "%d,%d=%s".formatted(list.samples()[i], firstUnit + list.units()[i], list.values()[i]));
    }
    return winners;
  }

  private static List<String> undivided(SelectionRule rule, float[] code) {
    try (Backend backend = TestBackends.reference();
        Tape tape = Tape.forward(backend)) {
      Shape shape = Shape.of(SAMPLES, UNITS);
      Winners winners = tape.temporaryWinners(shape, rule);
      try (Tensor activations = backend.memory().of(shape, code)) {
        backend.selection().select(activations, rule, winners);
      }
      return selected(backend.memory().download(winners), 0);
    }
  }

  private static List<String> divided(SelectionRule rule, float[] code, LocalRanks ranks) {
    Blocks blocks = Blocks.of(UNITS);
    Collective collective = new Collective(ranks, blocks);
    List<String> all = new ArrayList<>();
    try (Backend backend = TestBackends.reference();
        Tape tape = Tape.forward(backend)) {
      List<Winners> candidates = new ArrayList<>();
      for (int block = collective.firstBlock(); block < collective.endBlock(); block++) {
        int from = blocks.from(block);
        int units = blocks.unitsOf(block);
        Tensor activations = tape.temporary(Shape.of(SAMPLES, units));
        float[] own = new float[SAMPLES * units];
        for (int n = 0; n < SAMPLES; n++) {
          System.arraycopy(code, n * UNITS + from, own, n * units, units);
        }
        backend.memory().upload(own, 0, activations);
        Winners winners = tape.temporaryWinners(activations.shape(), rule);
        backend.selection().select(activations, rule, winners);
        candidates.add(winners);
      }
      ShardedSelection.among(tape, collective, rule, candidates);
      for (int i = 0; i < candidates.size(); i++) {
        all.addAll(
            selected(
                backend.memory().download(candidates.get(i)),
                blocks.from(collective.firstBlock() + i)));
      }
    }
    return all;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 8})
  void winnersAreThoseOfAllUnitsWithTiesToTheLowerIndex(int count) {
    List<SelectionRule> rules = new ArrayList<>();
    for (int k : new int[] {1, 2, 5, 20, 43, 60}) {
      rules.add(new SelectionRule.PerSample(k));
      rules.add(new SelectionRule.Global(k));
      rules.add(new SelectionRule.Global(SAMPLES * k));
    }
    rules.add(new SelectionRule.Lifetime(2));
    int winners = 0;
    for (int levels : new int[] {1, 2, 5, 1000}) {
      float[] code = code(levels, levels);
      for (SelectionRule rule : rules) {
        List<String> expected = undivided(rule, code);
        List<String> found = new ArrayList<>();
        LocalRanksRunner.onRanks(count, ranks -> divided(rule, code, ranks)).forEach(found::addAll);
        assertThat(found).as("%s of %d levels", rule, levels).isEqualTo(expected);
        winners += found.size();
      }
    }
    assertThat(winners).isGreaterThan(1000);
  }

  @Test
  void extremeNumbersCompete() {
    float[] code = new float[SAMPLES * UNITS];
    float[] numbers = {
      Float.MIN_VALUE, Float.MIN_NORMAL, 1, Float.MAX_VALUE, Float.POSITIVE_INFINITY, Float.NaN, -1
    };
    for (int i = 0; i < code.length; i++) {
      code[i] = numbers[i * 5 % numbers.length];
    }
    for (int k : new int[] {1, 30, 100, 250}) {
      SelectionRule rule = new SelectionRule.Global(k);
      List<String> found = new ArrayList<>();
      LocalRanksRunner.onRanks(3, ranks -> divided(rule, code, ranks)).forEach(found::addAll);
      assertThat(found).as("k = %d", k).isEqualTo(undivided(rule, code)).isNotEmpty();
    }
  }

  @Test
  void aCompetitionOfMapsIsRefusedByName() {
    assertThatThrownBy(
            () -> ShardedSelection.requireServed(new SelectionRule.Spatial(), "'competition' x"))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("'competition' x is not served");
  }
}
