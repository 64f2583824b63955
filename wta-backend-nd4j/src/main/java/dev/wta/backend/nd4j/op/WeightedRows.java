package dev.wta.backend.nd4j.op;

import dev.wta.backend.nd4j.memory.Scope;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Sums of rows times coefficients, a sum for each group of winners: what decoding and the gradients
 * of weights have in common. Groups of one size are gathered into {@code (groups, size, width)} and
 * summed at once; there are never more sizes than the square root of twice the winners.
 */
public final class WeightedRows {

  private final Rows rows;
  private final int[] rowOf;
  private final INDArray coefficients;

  /**
   * @param rowOf the row of each winner
   * @param coefficients {@code (at least the winners, 1)}
   */
  public WeightedRows(Rows rows, int[] rowOf, INDArray coefficients) {
    this.rows = rows;
    this.rowOf = rowOf;
    this.coefficients = coefficients;
  }

  /** {@code (groups, width)} in double precision. */
  public INDArray sums(SortedGroups groups, Scope scope) {
    SortedGroups bySize = bySize(groups);
    int largest = bySize.count() - 1;
    int empty = bySize.size(0);
    // The sums by size, and at the end the zeros of the empty groups.
    INDArray stacked = scope.zeros(groups.count() - empty + 1, rows.width());
    int[] place = new int[groups.count()];
    int next = 0;
    for (int size = 1; size <= largest; size++) {
      int most = Gathering.mostRows(size * rows.width());
      int end = bySize.starts()[size + 1];
      for (int from = bySize.starts()[size]; from < end; from += most) {
        int count = Math.min(most, end - from);
        sumAlike(groups, bySize.order(), from, count, size, stacked, next);
        for (int i = 0; i < count; i++) {
          place[bySize.order()[from + i]] = next++;
        }
      }
    }
    for (int i = 0; i < empty; i++) {
      place[bySize.order()[i]] = next;
    }
    return scope.gather(stacked, place);
  }

  private static SortedGroups bySize(SortedGroups groups) {
    int[] sizes = new int[groups.count()];
    int largest = 0;
    for (int g = 0; g < sizes.length; g++) {
      sizes[g] = groups.size(g);
      largest = Math.max(largest, sizes[g]);
    }
    return SortedGroups.of(sizes, largest + 1);
  }

  /** Sums {@code count} groups of one size, from {@code sorted[from]}, into {@code stacked}. */
  private void sumAlike(
      SortedGroups groups,
      int[] sorted,
      int from,
      int count,
      int size,
      INDArray stacked,
      int next) {
    int[] winners = new int[count * size];
    int[] gatheredRows = new int[winners.length];
    for (int i = 0; i < winners.length; i++) {
      winners[i] = groups.order()[groups.starts()[sorted[from + i / size]] + i % size];
      gatheredRows[i] = rowOf[winners[i]];
    }
    try (Scope scope = new Scope()) {
      INDArray scales = scope.wide(scope.gather(coefficients, winners));
      INDArray terms = rows.times(gatheredRows, scales, scope);
      INDArray sums = scope.keep(terms.reshape('c', count, size, rows.width()).sum(1));
      stacked.get(NDArrayIndex.interval(next, next + count), NDArrayIndex.all()).assign(sums);
    }
  }
}
