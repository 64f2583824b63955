package dev.wta.api.op;

import dev.wta.api.IntSize;
import dev.wta.api.WtaException;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.api.tensor.Winners;

/**
 * A rule that chooses the winners among activations. Every rule picks exactly k in each group
 * (fewer where the group is smaller), the largest first; ties go to the lower index (sample, then
 * unit, then position); NaN never wins. Winners that are not positive are then dropped, see {@link
 * Winners}.
 */
public sealed interface SelectionRule {

  /** The winners to pick at a rate: {@code max(1, round(rate * groupSize))}, halves rounded up. */
  static int winnersAt(double rate, int groupSize) {
    if (!(rate > 0 && rate <= 1)) {
      throw new IllegalArgumentException("a sparsity rate lies in (0, 1], not " + rate);
    }
    return (int) Math.max(1, Math.round(rate * groupSize));
  }

  /**
   * The most winners that this rule can leave of a code of that shape.
   *
   * @throws WtaException if that is more than can be counted in an int
   */
  int capacity(Shape code);

  /**
   * Lifetime sparsity: each unit keeps its k largest activations over the batch (and over its
   * positions, for maps). Groups are the columns of {@code (samples, units)}.
   */
  record Lifetime(int k) implements SelectionRule {
    public Lifetime {
      requirePositive(k);
    }

    @Override
    public int capacity(Shape code) {
      long group = code.size() == 0 ? 0 : code.size() / code.extent(1);
      return winners(code.extent(1) * Math.min(k, group), code);
    }
  }

  /**
   * k-sparse, TopK: each sample keeps its k largest activations. Groups are the rows of {@code
   * (samples, units)}.
   */
  record PerSample(int k) implements SelectionRule {
    public PerSample {
      requirePositive(k);
    }

    @Override
    public int capacity(Shape code) {
      return winners((long) code.rows() * Math.min(k, code.rowSize()), code);
    }
  }

  /** BatchTopK: the whole batch keeps its k largest activations. One group. */
  record Global(int k) implements SelectionRule {
    public Global {
      requirePositive(k);
    }

    @Override
    public int capacity(Shape code) {
      return winners(Math.min(k, code.size()), code);
    }
  }

  /** Spatial sparsity: each feature map of each sample keeps its largest activation. */
  record Spatial() implements SelectionRule {
    @Override
    public int capacity(Shape code) {
      return winners((long) code.rows() * code.extent(1), code);
    }
  }

  /**
   * JumpReLU, gates: whatever exceeds its unit's threshold wins.
   *
   * @param thresholds {@code (units)}; negative ones count as 0, since a winner is positive; NaN
   *     lets nothing win
   */
  record Above(Tensor thresholds) implements SelectionRule {
    @Override
    public int capacity(Shape code) {
      return winners(code.size(), code);
    }
  }

  /**
   * {@code second} chooses among the winners of {@code first}; {@code Then(Spatial, Lifetime(k))}
   * is CONV-WTA's rule, where a unit's group is its spatial winners over the batch.
   */
  record Then(SelectionRule first, SelectionRule second) implements SelectionRule {
    @Override
    public int capacity(Shape code) {
      return Math.min(first.capacity(code), second.capacity(code));
    }
  }

  /** This rule, and {@code next} among its winners. */
  default SelectionRule then(SelectionRule next) {
    return new Then(this, next);
  }

  private static int winners(long count, Shape code) {
    return IntSize.of(count, "winners of the code", code);
  }

  private static void requirePositive(int k) {
    if (k < 1) {
      throw new IllegalArgumentException(
          "a competition needs at least one winner a group, not " + k);
    }
  }
}
