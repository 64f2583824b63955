package dev.wta.models.sae;

import dev.wta.api.op.Memory;
import dev.wta.api.op.SelectionRule;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.api.tensor.WinnerList;
import dev.wta.models.autodiff.Parameter;
import dev.wta.models.autodiff.Tape;

/**
 * What replaces a competition of a batch at inference time: a running mean of the smallest
 * activation that won, {@code t <- d t + (1 - d) least}. After n batches {@code d = min(0.999, (1 +
 * n) / (10 + n))}: the paper's 0.999 after some 9,000 of them, and less before, since what won in
 * the first few batches would otherwise weigh on all of a short training. Part of the checkpoint.
 *
 * @param value {@code (1)}: 0 before the first batch, and then everything positive exceeds it
 * @param batches {@code (1)}: their number, as far as it matters
 */
public record RunningThreshold(Parameter value, Parameter batches) {
  private static final double DECAY = 0.999;
  private static final double MOST_BATCHES = 10_000;

  /** Takes a batch's winners into account. */
  public void follow(Tape tape, WinnerList winners) {
    follow(tape, least(winners));
  }

  /** The smallest activation of winners; infinite where there are none. */
  public static float least(WinnerList winners) {
    float least = Float.POSITIVE_INFINITY;
    for (float activation : winners.values()) {
      least = Math.min(least, activation);
    }
    return least;
  }

  /**
   * As {@link #follow(Tape, WinnerList)}.
   *
   * @param least of a batch's winners
   */
  public void follow(Tape tape, float least) {
    if (least == Float.POSITIVE_INFINITY) {
      return;
    }
    Memory memory = tape.backend().memory();
    double before = memory.download(value.value())[0];
    double seen = memory.download(batches.value())[0];
    double decay = seen == 0 ? 0 : Math.min(DECAY, (1 + seen) / (10 + seen));
    memory.fill(value.value(), (float) (decay * before + (1 - decay) * least));
    memory.fill(batches.value(), (float) Math.min(MOST_BATCHES, seen + 1));
  }

  /** What exceeds the threshold wins. */
  public SelectionRule rule(Tape tape, int units) {
    Memory memory = tape.backend().memory();
    Tensor thresholds = tape.temporary(Shape.of(units));
    memory.fill(thresholds, memory.download(value.value())[0]);
    return new SelectionRule.Above(thresholds);
  }
}
