package dev.wta.models.sae;

import dev.wta.api.Memory;
import dev.wta.api.Rule;
import dev.wta.api.Shape;
import dev.wta.api.Tensor;
import dev.wta.api.WinnerList;
import dev.wta.models.Parameter;
import dev.wta.models.tape.Tape;

/**
 * What stands for a competition of a batch outside training: the running mean of the smallest
 * activation that won, {@code t <- 0.999 t + 0.001 least}, from the first batch's on. Part of the
 * checkpoint.
 *
 * @param value {@code (1)}: 0 before the first batch, and then everything positive exceeds it
 */
record RunningThreshold(Parameter value) {
  private static final double DECAY = 0.999;

  /** Takes a batch's winners into account. */
  void follow(Tape tape, WinnerList winners) {
    if (winners.count() == 0) {
      return;
    }
    float least = Float.POSITIVE_INFINITY;
    for (float activation : winners.values()) {
      least = Math.min(least, activation);
    }
    Memory memory = tape.backend().memory();
    float before = memory.download(value.value())[0];
    memory.fill(
        value.value(), before == 0 ? least : (float) (DECAY * before + (1 - DECAY) * least));
  }

  /** What exceeds the threshold wins. */
  Rule rule(Tape tape, int units) {
    Memory memory = tape.backend().memory();
    Tensor thresholds = tape.temporary(Shape.of(units));
    memory.fill(thresholds, memory.download(value.value())[0]);
    return new Rule.Above(thresholds);
  }
}
