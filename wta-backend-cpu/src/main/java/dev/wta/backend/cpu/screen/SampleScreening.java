package dev.wta.backend.cpu.screen;

import static dev.wta.backend.cpu.vector.Lanes.COUNT;
import static dev.wta.backend.cpu.vector.Lanes.FLOATS;

import dev.wta.api.op.SelectionRule;
import dev.wta.backend.cpu.exec.Execution;
import dev.wta.backend.cpu.exec.Scratch;
import dev.wta.backend.cpu.memory.CpuTensor;
import dev.wta.backend.cpu.select.TopKSelector;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Finds what may win by a rule whose groups go across units: the largest of each sample or of the
 * batch, or what exceeds its unit's threshold. Blocks of units are multiplied with blocks of
 * samples; what can reach its group's threshold, which rises as more is seen, is listed; in the end
 * the lists are cut by the threshold that follows from all of them.
 */
final class SampleScreening {
  /** Places of a list: so many times its winners, and some more. */
  private static final int ROOM = 4;

  private static final int FURTHER_ROOM = 64;

  /** Samples, or groups, that are worth a piece of work. */
  private static final int GRAIN = 16;

  private final Execution execution;
  private final Batch batch;
  private final int units;
  private final Effort effort;
  private final int k; // winners of a group; 0 for a rule of thresholds
  private final boolean bySample; // whether a sample is a group
  private final CpuTensor unitThresholds; // or null
  private final int groups;
  private final ThresholdGuess guess;
  private final float[] begin; // (groups), whole vectors: where the thresholds begin
  private final float[] thresholds; // the same
  private final CandidateList[] lists; // (workers)

  SampleScreening(
      Execution execution,
      Batch batch,
      int units,
      Effort effort,
      SelectionRule rule,
      ThresholdGuess guess) {
    this.execution = execution;
    this.batch = batch;
    this.units = units;
    this.effort = effort;
    this.bySample = rule instanceof SelectionRule.PerSample;
    this.unitThresholds = rule instanceof SelectionRule.Above(CpuTensor perUnit) ? perUnit : null;
    this.k =
        switch (rule) {
          case SelectionRule.PerSample(int most) -> most;
          case SelectionRule.Global(int most) -> most;
          default -> 0;
        };
    this.groups = bySample ? batch.samples() : 1;
    this.guess = guess;
    this.begin = new float[bySample ? batch.stride() : 1];
    this.thresholds = new float[begin.length];
    this.lists =
        IntStream.range(0, execution.workers.count())
            .mapToObj(
                worker -> execution.scratch(worker).helper(CandidateList.class, CandidateList::new))
            .toArray(CandidateList[]::new);
  }

  /**
   * The candidates, unless the effort is given up.
   *
   * @param most how many there may be
   */
  Optional<Candidates> run(IntFunction<UnitBlock> blocks, long most) {
    list(blocks);
    if (effort.continues() && !guessHeld()) {
      guess.missed();
      list(blocks);
      guessHeld();
    }
    return effort.continues() ? collect(most) : Optional.empty();
  }

  /** Lists what may win, and raises the thresholds by all lists. */
  private void list(IntFunction<UnitBlock> blocks) {
    for (int g = 0; g < thresholds.length; g++) {
      boolean zero = bySample && batch.roundedNorms()[g] == 0;
      begin[g] = zero ? ErrorBound.LEAST_BIAS : Math.max(Float.MIN_VALUE, guess.threshold(norm(g)));
    }
    System.arraycopy(begin, 0, thresholds, 0, thresholds.length);
    for (CandidateList list : lists) {
      list.reset(0, 0, k, thresholds);
    }
    boolean[] begun = new boolean[lists.length];
    execution.split(
        units,
        batch.rows(),
        (from, to, worker) -> {
          CandidateList list = lists[worker];
          if (!begun[worker]) {
            list.reset(groups, ROOM * k + FURTHER_ROOM, k, thresholds);
            begun[worker] = true;
          }
          UnitBlock block = blocks.apply(worker);
          float[] highs = new float[COUNT];
          float[] lows = new float[COUNT];
          if (effort.continues() && effort.require(block.round(batch, from, to))) {
            for (int column = 0; column < batch.columnBlocks() && effort.continues(); column++) {
              block.multiply(column);
              for (int u = from; u < to; u++) {
                offer(block, u, column, list, highs, lows);
              }
            }
          }
        });
    execution.workers.run(lists.length, (list, _) -> lists[list].order());
    if (k > 0 && effort.continues()) {
      execution.split(
          groups,
          GRAIN,
          (from, to, worker) -> {
            for (int g = from; g < to; g++) {
              thresholds[g] = threshold(g, execution.scratch(worker));
            }
          });
    }
  }

  /**
   * Whether k of each group's candidates have reached the threshold that was guessed for it; what
   * the guess excluded then cannot be among the k largest. The next guess is made from the result.
   */
  private boolean guessHeld() {
    boolean held = true;
    float least = Float.POSITIVE_INFINITY;
    for (int g = 0; g < groups && k > 0; g++) {
      float norm = norm(g);
      if (norm > 0) {
        least = Math.min(least, thresholds[g] / norm);
        held &= guess.threshold(norm) <= thresholds[g];
      }
      thresholds[g] = Math.max(thresholds[g], begin[g]);
    }
    if (held) {
      guess.held(least);
    }
    return held;
  }

  /** The norm to which a group's threshold is taken to be proportional. */
  private float norm(int group) {
    return bySample ? batch.roundedNorms()[group] : 1;
  }

  /** Lists the samples of a block for which a unit may win. */
  private void offer(
      UnitBlock block, int unit, int column, CandidateList list, float[] highs, float[] lows) {
    int first = batch.firstColumn(column);
    int last = Math.min(batch.samples(), first + batch.shape(column).columns());
    float threshold = unitThresholds == null ? thresholds[0] : unitThreshold(unit);
    boolean room = true;
    for (int n = first; n < last; n += COUNT) {
      FloatVector least =
          bySample
              ? FloatVector.fromArray(FLOATS, thresholds, n)
              : FloatVector.broadcast(FLOATS, threshold);
      FloatVector high = block.highs(unit, n);
      long able = high.compare(VectorOperators.GE, least).toLong();
      if (able != 0) {
        high.intoArray(highs, 0);
        block.lows(unit, n).intoArray(lows, 0);
      }
      for (; able != 0; able &= able - 1) {
        int lane = Long.numberOfTrailingZeros(able);
        int sample = n + lane;
        if (sample < last) {
          room &= list.add(sample, unit, lows[lane], highs[lane]);
        }
      }
    }
    effort.require(room);
  }

  /** What an activation must at least be able to be to exceed its unit's threshold. */
  private float unitThreshold(int unit) {
    return Math.max(unitThresholds.array()[unitThresholds.offset() + unit], Float.MIN_VALUE);
  }

  private Optional<Candidates> collect(long most) {
    Candidates candidates = new Candidates(execution, batch.samples(), units);
    forEach(candidates::count);
    if (!effort.require(candidates.total() <= most)) {
      return Optional.empty();
    }
    candidates.allot();
    forEach(candidates::put);
    candidates.sort();
    return Optional.of(candidates);
  }

  /**
   * Passes what can still win by the thresholds of all lists, a sample's candidates on one thread.
   */
  private void forEach(CandidateList.Visitor visitor) {
    execution.split(
        groups,
        GRAIN,
        (from, to, worker) -> {
          for (int g = from; g < to; g++) {
            for (CandidateList list : lists) {
              list.forEach(g, thresholds[g], visitor);
            }
          }
        });
  }

  /** The threshold of a group by all lists. */
  private float threshold(int g, Scratch scratch) {
    int count = Arrays.stream(lists).mapToInt(list -> list.count(g)).sum();
    float[] all = scratch.floats(Scratch.Use.BLOCK, count);
    int end = 0;
    for (CandidateList list : lists) {
      end = list.lows(g, all, end);
    }
    return TopKSelector.of(scratch).kth(all, 0, end, k);
  }
}
