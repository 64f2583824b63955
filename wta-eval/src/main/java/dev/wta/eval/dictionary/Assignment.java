package dev.wta.eval.dictionary;

import java.util.Arrays;

/**
 * The linear assignment problem: a column for each row, no column twice, with the largest sum of
 * weights. Rows are added one at a time, each by a shortest augmenting path in reduced costs
 * (Jonker and Volgenant 1987, for rectangular problems as Crouse 2016 has it): at most {@code
 * rows^2 columns} steps.
 */
final class Assignment {
  private static final int NONE = -1;

  private final float[][] weights;
  private final int columns;
  private final double[] rowPrices;
  private final double[] columnPrices;
  private final int[] columnOf;
  private final int[] rowOf;

  /** Of the search for a path, for each column: its length so far, and the row before it. */
  private final double[] lengths;

  private final int[] before;

  /** The columns that no path has been settled for, in the first places. */
  private final int[] open;

  private Assignment(float[][] weights) {
    this.weights = weights;
    columns = weights[0].length;
    rowPrices = new double[weights.length];
    columnPrices = new double[columns];
    columnOf = filled(weights.length);
    rowOf = filled(columns);
    lengths = new double[columns];
    before = new int[columns];
    open = new int[columns];
  }

  private static int[] filled(int size) {
    int[] array = new int[size];
    Arrays.fill(array, NONE);
    return array;
  }

  /**
   * The column of each row.
   *
   * @param weights {@code (rows, columns)}, finite, with at least one row and as many columns
   */
  static int[] ofLargestSum(float[][] weights) {
    if (weights.length == 0 || weights.length > weights[0].length) {
      throw new IllegalArgumentException(
          "%d rows cannot have a column each".formatted(weights.length));
    }
    Assignment problem = new Assignment(weights);
    for (int row = 0; row < weights.length; row++) {
      problem.add(row);
    }
    return problem.columnOf;
  }

  /** Gives a row a column, and moves others on where that makes the sum larger. */
  private void add(int row) {
    Arrays.fill(lengths, Double.POSITIVE_INFINITY);
    Arrays.setAll(open, j -> j);
    int left = columns;
    int from = row;
    double length = 0;
    int end = NONE;
    while (end == NONE) {
      int nearest = relax(from, length, left);
      int column = open[nearest];
      length = lengths[column];
      open[nearest] = open[--left];
      open[left] = column; // those settled are behind the open ones, the last one first
      if (rowOf[column] == NONE) {
        end = column;
      } else {
        from = rowOf[column];
      }
    }
    price(row, length, left);
    augment(row, end);
  }

  /**
   * Looks from a row at the end of the search at all open columns.
   *
   * @return the place in {@link #open} of the nearest, a free one of equals
   */
  private int relax(int row, double length, int left) {
    float[] weight = weights[row];
    double offset = length - rowPrices[row];
    double lowest = Double.POSITIVE_INFINITY;
    int nearest = NONE;
    for (int i = 0; i < left; i++) {
      int column = open[i];
      double through = offset - weight[column] - columnPrices[column];
      if (through < lengths[column]) {
        lengths[column] = through;
        before[column] = row;
      }
      double known = lengths[column];
      if (known < lowest || known == lowest && rowOf[column] == NONE) {
        lowest = known;
        nearest = i;
      }
    }
    return nearest;
  }

  /** Keeps reduced costs of matched pairs at 0 and all others at least 0. */
  private void price(int row, double length, int left) {
    rowPrices[row] += length;
    for (int i = left; i < columns; i++) {
      int column = open[i];
      double slack = length - lengths[column];
      columnPrices[column] -= slack;
      if (rowOf[column] != NONE) {
        rowPrices[rowOf[column]] += slack;
      }
    }
  }

  private void augment(int row, int end) {
    int column = end;
    int at;
    do {
      at = before[column];
      rowOf[column] = at;
      int next = columnOf[at];
      columnOf[at] = column;
      column = next;
    } while (at != row);
  }
}
