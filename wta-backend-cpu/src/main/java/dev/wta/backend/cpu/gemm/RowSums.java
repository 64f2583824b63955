package dev.wta.backend.cpu.gemm;

import static dev.wta.backend.cpu.vector.Lanes.COUNT;
import static dev.wta.backend.cpu.vector.Lanes.FLOATS;

import dev.wta.backend.cpu.vector.Lanes;
import jdk.incubator.vector.FloatVector;

/**
 * Weighted sums of a few rows at a time, {@code out = sum of weight * row} or {@code out += ...}.
 * All rows are read side by side from left to right, which the processor prefetches: rows that are
 * scattered in L2 are then read at its full rate.
 */
public final class RowSums {
  private RowSums() {}

  /**
   * Several rows, four at a time: {@code out} becomes the sum of rows {@code first} to {@code end -
   * 1}.
   *
   * @param starts where each row begins
   * @param weights of each row
   */
  public static void of(
      float[] x, int[] starts, int first, int end, float[] weights, float[] out, int length) {
    int i = first;
    for (; i + 4 <= end; i += 4) {
      four(
          x,
          starts[i],
          starts[i + 1],
          starts[i + 2],
          starts[i + 3],
          weights,
          i,
          i > first,
          out,
          0,
          length);
    }
    if (i + 2 <= end) {
      two(x, starts[i], starts[i + 1], weights, i, i > first, out, 0, length);
      i += 2;
    }
    if (i < end) {
      one(x, starts[i], weights, i, i > first, out, 0, length);
    }
  }

  /** One row. */
  public static void one(
      float[] x, int r0, float[] weights, int at, boolean add, float[] out, int to, int length) {
    FloatVector w0 = FloatVector.broadcast(FLOATS, weights[at]);
    int bound = Lanes.bound(length);
    int i = 0;
    for (; i < bound; i += COUNT) {
      FloatVector sum = FloatVector.fromArray(FLOATS, x, r0 + i).mul(w0);
      if (add) {
        sum = sum.add(FloatVector.fromArray(FLOATS, out, to + i));
      }
      sum.intoArray(out, to + i);
    }
    for (; i < length; i++) {
      float sum = x[r0 + i] * weights[at];
      out[to + i] = add ? sum + out[to + i] : sum;
    }
  }

  /** Two rows. */
  public static void two(
      float[] x,
      int r0,
      int r1,
      float[] weights,
      int at,
      boolean add,
      float[] out,
      int to,
      int length) {
    FloatVector w0 = FloatVector.broadcast(FLOATS, weights[at]);
    FloatVector w1 = FloatVector.broadcast(FLOATS, weights[at + 1]);
    int bound = Lanes.bound(length);
    int i = 0;
    for (; i < bound; i += COUNT) {
      FloatVector sum = FloatVector.fromArray(FLOATS, x, r0 + i).mul(w0);
      sum = FloatVector.fromArray(FLOATS, x, r1 + i).fma(w1, sum);
      if (add) {
        sum = sum.add(FloatVector.fromArray(FLOATS, out, to + i));
      }
      sum.intoArray(out, to + i);
    }
    for (; i < length; i++) {
      float sum = Math.fma(x[r1 + i], weights[at + 1], x[r0 + i] * weights[at]);
      out[to + i] = add ? sum + out[to + i] : sum;
    }
  }

  /** Four rows. */
  public static void four(
      float[] x,
      int r0,
      int r1,
      int r2,
      int r3,
      float[] weights,
      int at,
      boolean add,
      float[] out,
      int to,
      int length) {
    FloatVector w0 = FloatVector.broadcast(FLOATS, weights[at]);
    FloatVector w1 = FloatVector.broadcast(FLOATS, weights[at + 1]);
    FloatVector w2 = FloatVector.broadcast(FLOATS, weights[at + 2]);
    FloatVector w3 = FloatVector.broadcast(FLOATS, weights[at + 3]);
    int bound = Lanes.bound(length);
    int i = 0;
    for (; i < bound; i += COUNT) {
      FloatVector sum = FloatVector.fromArray(FLOATS, x, r0 + i).mul(w0);
      sum = FloatVector.fromArray(FLOATS, x, r1 + i).fma(w1, sum);
      sum = FloatVector.fromArray(FLOATS, x, r2 + i).fma(w2, sum);
      sum = FloatVector.fromArray(FLOATS, x, r3 + i).fma(w3, sum);
      if (add) {
        sum = sum.add(FloatVector.fromArray(FLOATS, out, to + i));
      }
      sum.intoArray(out, to + i);
    }
    for (; i < length; i++) {
      float sum = Math.fma(x[r1 + i], weights[at + 1], x[r0 + i] * weights[at]);
      sum = Math.fma(x[r2 + i], weights[at + 2], sum);
      sum = Math.fma(x[r3 + i], weights[at + 3], sum);
      out[to + i] = add ? sum + out[to + i] : sum;
    }
  }
}
