package dev.wta.models.sae;

import dev.wta.api.op.Dense;
import dev.wta.api.op.Memory;
import dev.wta.api.op.SelectionRule;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.api.tensor.Winners;
import dev.wta.models.autodiff.Parameter;
import dev.wta.models.autodiff.Tape;

/**
 * The threshold that replaces the competition of a mini-batch at inference time: a running mean of
 * the smallest activation that won, {@code t <- d t + (1 - d) least}. After n batches {@code d =
 * min(0.999, (1 + n) / (10 + n))}: the paper's 0.999 after some 9,000 of them, and less before, so
 * that the first batches do not dominate in a short training. Part of the checkpoint.
 *
 * @param value {@code (1)}: 0 before the first batch, and then everything positive exceeds it
 * @param batches {@code (1)}: their number, as far as it matters
 */
public record RunningThreshold(Parameter value, Parameter batches) {
  private static final float LEAST_SHARE = 0.001f;
  private static final float MOST_BATCHES = 10_000;

  /** Takes a batch's winners into account. */
  public void follow(Tape tape, Winners winners) {
    Tensor least = tape.temporary(Shape.of(1));
    tape.backend().memory().least(winners, least);
    follow(tape, least);
  }

  /**
   * As {@link #follow(Tape, Winners)}, without waiting for the device: {@code t <- t + (1 - d)
   * (least - t)}, where {@code 1 - d = 9 / (10 + n)}, at first 1.
   *
   * @param least of a batch's winners, {@code (1)}; infinite where there are none, and then nothing
   *     changes
   */
  public void follow(Tape tape, Tensor least) {
    Dense dense = tape.backend().dense();
    Tensor seen = batches.value();
    Tensor divisor = tape.temporary(least.shape());
    dense.clip(seen, 0, 1, divisor); // one more from the second batch on
    dense.zip(Dense.Binary.ADD, seen, divisor, divisor);
    dense.affine(1, divisor, 9, divisor);
    Tensor share = tape.temporary(least.shape());
    tape.backend().memory().fill(share, 9);
    dense.zip(Dense.Binary.DIVIDE, share, divisor, share);
    dense.clip(share, LEAST_SHARE, 1, share);
    Tensor some = tape.temporary(least.shape());
    dense.affine(-1, least, Float.MAX_VALUE, some);
    dense.map(Dense.Unary.STEP, some, some);
    dense.zip(Dense.Binary.MULTIPLY, share, some, share);
    Tensor change = tape.temporary(least.shape());
    dense.clip(least, 0, Float.MAX_VALUE, change);
    dense.zip(Dense.Binary.SUBTRACT, change, value.value(), change);
    dense.zip(Dense.Binary.MULTIPLY, change, share, change);
    dense.axpy(1, change, value.value());
    dense.axpy(1, some, seen);
    dense.clip(seen, 0, MOST_BATCHES, seen);
  }

  /** What exceeds the threshold wins. */
  public SelectionRule rule(Tape tape, int units) {
    Memory memory = tape.backend().memory();
    Tensor thresholds = tape.temporary(Shape.of(units));
    memory.fill(thresholds, memory.download(value.value())[0]);
    return new SelectionRule.Above(thresholds);
  }
}
