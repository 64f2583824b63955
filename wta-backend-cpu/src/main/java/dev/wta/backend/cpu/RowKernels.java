package dev.wta.backend.cpu;

import static dev.wta.backend.cpu.Lanes.COUNT;
import static dev.wta.backend.cpu.Lanes.FLOATS;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * Weighted sums of rows, and products of rows: what decoding and the gradients through winners are
 * made of. Four rows are taken at a time, so that what they share is read once for the four.
 */
final class RowKernels {
  private RowKernels() {}

  /**
   * {@code out += c0 * x[r0] + c1 * x[r1] + c2 * x[r2] + c3 * x[r3]}, each over {@code length}
   * elements.
   */
  static void addFour(
      float[] x,
      float c0,
      int r0,
      float c1,
      int r1,
      float c2,
      int r2,
      float c3,
      int r3,
      float[] out,
      int to,
      int length) {
    FloatVector v0 = FloatVector.broadcast(FLOATS, c0);
    FloatVector v1 = FloatVector.broadcast(FLOATS, c1);
    FloatVector v2 = FloatVector.broadcast(FLOATS, c2);
    FloatVector v3 = FloatVector.broadcast(FLOATS, c3);
    int bound = Lanes.bound(length);
    int i = 0;
    for (; i < bound; i += COUNT) {
      FloatVector sum = FloatVector.fromArray(FLOATS, out, to + i);
      sum = FloatVector.fromArray(FLOATS, x, r0 + i).fma(v0, sum);
      sum = FloatVector.fromArray(FLOATS, x, r1 + i).fma(v1, sum);
      sum = FloatVector.fromArray(FLOATS, x, r2 + i).fma(v2, sum);
      sum = FloatVector.fromArray(FLOATS, x, r3 + i).fma(v3, sum);
      sum.intoArray(out, to + i);
    }
    for (; i < length; i++) {
      float sum = Math.fma(x[r0 + i], c0, out[to + i]);
      sum = Math.fma(x[r1 + i], c1, sum);
      sum = Math.fma(x[r2 + i], c2, sum);
      out[to + i] = Math.fma(x[r3 + i], c3, sum);
    }
  }

  /** {@code out[slot + j] += x[rj] . y} for four rows. */
  static void dotFour(
      float[] x,
      int r0,
      int r1,
      int r2,
      int r3,
      float[] y,
      int from,
      int length,
      float[] out,
      int slot) {
    FloatVector s0 = FloatVector.zero(FLOATS);
    FloatVector s1 = FloatVector.zero(FLOATS);
    FloatVector s2 = FloatVector.zero(FLOATS);
    FloatVector s3 = FloatVector.zero(FLOATS);
    int bound = Lanes.bound(length);
    int i = 0;
    for (; i < bound; i += COUNT) {
      FloatVector shared = FloatVector.fromArray(FLOATS, y, from + i);
      s0 = FloatVector.fromArray(FLOATS, x, r0 + i).fma(shared, s0);
      s1 = FloatVector.fromArray(FLOATS, x, r1 + i).fma(shared, s1);
      s2 = FloatVector.fromArray(FLOATS, x, r2 + i).fma(shared, s2);
      s3 = FloatVector.fromArray(FLOATS, x, r3 + i).fma(shared, s3);
    }
    float t0 = s0.reduceLanes(VectorOperators.ADD);
    float t1 = s1.reduceLanes(VectorOperators.ADD);
    float t2 = s2.reduceLanes(VectorOperators.ADD);
    float t3 = s3.reduceLanes(VectorOperators.ADD);
    for (; i < length; i++) {
      float shared = y[from + i];
      t0 = Math.fma(x[r0 + i], shared, t0);
      t1 = Math.fma(x[r1 + i], shared, t1);
      t2 = Math.fma(x[r2 + i], shared, t2);
      t3 = Math.fma(x[r3 + i], shared, t3);
    }
    out[slot] += t0;
    out[slot + 1] += t1;
    out[slot + 2] += t2;
    out[slot + 3] += t3;
  }

  /**
   * {@code out += c * x} over a short run, such as a filter's row: masked, so that it is one step
   * or two.
   */
  static void addShort(float c, float[] x, int from, float[] out, int to, int length) {
    for (int i = 0; i < length; i += COUNT) {
      VectorMask<Float> mask = FLOATS.indexInRange(i, length);
      FloatVector sum = FloatVector.fromArray(FLOATS, out, to + i, mask);
      FloatVector.fromArray(FLOATS, x, from + i, mask)
          .fma(FloatVector.broadcast(FLOATS, c), sum)
          .intoArray(out, to + i, mask);
    }
  }
}
