package dev.wta.backend.cpu;

import static dev.wta.backend.cpu.Lanes.COUNT;
import static dev.wta.backend.cpu.Lanes.FLOATS;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * Adds weighted rows of a matrix up, for several groups of rows: a sample's output from its
 * winners' rows, a unit's gradient from its winners' samples. The groups pass by one narrow strip
 * of columns after the other, so that the rows' strips, which the groups share, stay in a near
 * cache; a strip's sums are in registers.
 */
final class WeightedRows {
  /** The columns of a strip. */
  static final int STRIP = 4 * COUNT;

  /** Rows that are summed in float32 before their sum is added to others. */
  private static final int BLOCK = 256;

  private int[] rows = new int[BLOCK];
  private float[] weights = new float[BLOCK];
  private int[] ends = new int[BLOCK];
  private int count;
  private int groups;

  /** Forgets all groups. */
  void clear() {
    count = 0;
    groups = 0;
  }

  /** Lists a row of the present group by the index of its first element. */
  void add(float weight, int row) {
    if (count == rows.length) {
      rows = Arrays.copyOf(rows, 2 * count);
      weights = Arrays.copyOf(weights, 2 * count);
    }
    rows[count] = row;
    weights[count++] = weight;
  }

  /** Ends the present group: what is listed next belongs to the next one. */
  void endGroup() {
    if (groups == ends.length) {
      ends = Arrays.copyOf(ends, 2 * groups);
    }
    ends[groups++] = count;
  }

  /**
   * {@code out[g, j] += sum of weight * x[row + j]} over the rows of group g, for the groups from
   * {@code firstGroup} to {@code lastGroup - 1} and {@code columns} columns from {@code
   * firstColumn}.
   *
   * @param out row {@code firstGroup}, column 0 is at {@code to}
   * @param stride from one row of {@code out} to the next
   */
  void addTo(
      float[] x,
      int firstGroup,
      int lastGroup,
      int firstColumn,
      int columns,
      float[] out,
      int to,
      int stride) {
    int column = firstColumn;
    int end = firstColumn + columns;
    for (; column + STRIP <= end; column += STRIP) {
      for (int g = firstGroup; g < lastGroup; g++) {
        int target = to + (g - firstGroup) * stride + column;
        for (int first = start(g); first < ends[g]; first += BLOCK) {
          strip(x, column, first, Math.min(ends[g], first + BLOCK), out, target);
        }
      }
    }
    for (; column < end; column += COUNT) {
      int present = Math.min(COUNT, end - column);
      for (int g = firstGroup; g < lastGroup; g++) {
        int target = to + (g - firstGroup) * stride + column;
        for (int first = start(g); first < ends[g]; first += BLOCK) {
          vector(x, column, first, Math.min(ends[g], first + BLOCK), out, target, present);
        }
      }
    }
  }

  private int start(int group) {
    return group == 0 ? 0 : ends[group - 1];
  }

  private void strip(float[] x, int column, int first, int last, float[] out, int to) {
    FloatVector s0 = FloatVector.zero(FLOATS);
    FloatVector s1 = FloatVector.zero(FLOATS);
    FloatVector s2 = FloatVector.zero(FLOATS);
    FloatVector s3 = FloatVector.zero(FLOATS);
    for (int r = first; r < last; r++) {
      FloatVector weight = FloatVector.broadcast(FLOATS, weights[r]);
      int at = rows[r] + column;
      s0 = weight.fma(FloatVector.fromArray(FLOATS, x, at), s0);
      s1 = weight.fma(FloatVector.fromArray(FLOATS, x, at + COUNT), s1);
      s2 = weight.fma(FloatVector.fromArray(FLOATS, x, at + 2 * COUNT), s2);
      s3 = weight.fma(FloatVector.fromArray(FLOATS, x, at + 3 * COUNT), s3);
    }
    s0.add(FloatVector.fromArray(FLOATS, out, to)).intoArray(out, to);
    s1.add(FloatVector.fromArray(FLOATS, out, to + COUNT)).intoArray(out, to + COUNT);
    s2.add(FloatVector.fromArray(FLOATS, out, to + 2 * COUNT)).intoArray(out, to + 2 * COUNT);
    s3.add(FloatVector.fromArray(FLOATS, out, to + 3 * COUNT)).intoArray(out, to + 3 * COUNT);
  }

  /** One vector of columns, or the last of them. */
  private void vector(
      float[] x, int column, int first, int last, float[] out, int to, int present) {
    VectorMask<Float> mask = FLOATS.indexInRange(0, present);
    FloatVector sum = FloatVector.zero(FLOATS);
    for (int r = first; r < last; r++) {
      sum =
          FloatVector.fromArray(FLOATS, x, rows[r] + column, mask)
              .fma(FloatVector.broadcast(FLOATS, weights[r]), sum);
    }
    sum.add(FloatVector.fromArray(FLOATS, out, to, mask)).intoArray(out, to, mask);
  }
}
