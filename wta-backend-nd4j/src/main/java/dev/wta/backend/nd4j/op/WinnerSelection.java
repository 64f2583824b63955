package dev.wta.backend.nd4j.op;

import dev.wta.api.op.SelectionRule;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.api.tensor.WinnerList;
import java.util.Arrays;
import java.util.function.Function;
import java.util.function.IntPredicate;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/**
 * The winners of a dense code on the host. Candidates are row-major indices in ascending order, so
 * that the earlier of two is the one that wins a tie. Only what is positive is one: the others
 * would be dropped in the end, and none of them keeps out a positive one.
 */
public final class WinnerSelection {
  private final float[] code;
  private final Shape shape;
  private final int units;
  private final int positions;
  private final Function<Tensor, float[]> download;

  /**
   * @param code row-major, of shape {@code (samples, units[, height, width])}
   * @param download brings a rule's thresholds to the host
   */
  public WinnerSelection(float[] code, Shape shape, Function<Tensor, float[]> download) {
    this.code = code;
    this.shape = shape;
    this.units = shape.extent(1);
    this.positions = shape.rank() == 2 ? 1 : shape.extent(2) * shape.extent(3);
    this.download = download;
  }

  public long nanCount() {
    return IntStream.range(0, code.length).filter(i -> Float.isNaN(code[i])).count();
  }

  /** The winners in canonical order. */
  public WinnerList winners(SelectionRule rule) {
    int[] positive = where(IntStream.range(0, code.length), i -> code[i] > 0);
    int[] winners = grouped(choose(rule, positive), this::unit, units);
    float[] values = new float[winners.length];
    for (int w = 0; w < values.length; w++) {
      values[w] = code[winners[w]];
    }
    return new WinnerList(
        Arrays.stream(winners).map(this::sample).toArray(),
        Arrays.stream(winners).map(this::unit).toArray(),
        Arrays.stream(winners).map(index -> index % positions).toArray(),
        values);
  }

  private int[] choose(SelectionRule rule, int[] candidates) {
    return switch (rule) {
      case SelectionRule.Lifetime(int k) -> largest(candidates, k, this::unit, units);
      case SelectionRule.PerSample(int k) -> largest(candidates, k, this::sample, shape.rows());
      case SelectionRule.Global(int k) -> largest(candidates, k, _ -> 0, 1);
      case SelectionRule.Spatial() ->
          largest(candidates, 1, index -> index / positions, shape.rows() * units);
      case SelectionRule.Above(Tensor thresholds) -> {
        float[] threshold = download.apply(thresholds);
        yield where(Arrays.stream(candidates), i -> code[i] > threshold[unit(i)]);
      }
      case SelectionRule.Then(SelectionRule first, SelectionRule second) ->
          choose(second, choose(first, candidates));
    };
  }

  private int sample(int index) {
    return index / positions / units;
  }

  private int unit(int index) {
    return index / positions % units;
  }

  private static int[] where(IntStream indices, IntPredicate condition) {
    return indices.filter(condition).toArray();
  }

  /** The {@code k} largest of each group, in ascending order of their indices. */
  private int[] largest(int[] candidates, int k, IntUnaryOperator group, int groups) {
    int[] byGroup = grouped(candidates, group, groups);
    int[] chosen = new int[candidates.length];
    int count = 0;
    int end;
    for (int start = 0; start < byGroup.length; start = end) {
      int current = group.applyAsInt(byGroup[start]);
      end = start + 1;
      while (end < byGroup.length && group.applyAsInt(byGroup[end]) == current) {
        end++;
      }
      long[] ranked = ranked(byGroup, start, end);
      for (int i = 0; i < Math.min(k, ranked.length); i++) {
        chosen[count++] = (int) ranked[i];
      }
    }
    int[] result = Arrays.copyOf(chosen, count);
    Arrays.sort(result);
    return result;
  }

  /**
   * The candidates in {@code [start, end)}, best first: as numbers whose lower half is the index
   * and whose upper half falls as the activation rises. The bits of positive floats ascend as they
   * do.
   */
  private long[] ranked(int[] candidates, int start, int end) {
    long[] keys = new long[end - start];
    for (int i = start; i < end; i++) {
      long activation = Float.floatToRawIntBits(code[candidates[i]]);
      keys[i - start] = (-activation << Integer.SIZE) + candidates[i];
    }
    Arrays.sort(keys);
    return keys;
  }

  /** A stable sort of {@code indices} by their groups. */
  private static int[] grouped(int[] indices, IntUnaryOperator group, int groups) {
    return SortedGroups.of(Arrays.stream(indices).map(group).toArray(), groups).members(indices);
  }
}
