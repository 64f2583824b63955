package dev.wta.backend.cpu.gemm;

import static dev.wta.backend.cpu.vector.Lanes.COUNT;
import static dev.wta.backend.cpu.vector.Lanes.FLOATS;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * The products of rows with one row: of four at a time, so that the one is read once for the four,
 * or of a single one.
 */
public final class RowDots {
  /** The floats that {@link #four} needs for its lanes. */
  public static final int LANES = 4 * COUNT;

  private RowDots() {}

  /**
   * {@code lanes[j, :]} is a vector whose lanes sum to {@code x[rj] . y}, for {@code length}
   * elements.
   */
  public static void four(
      float[] x, int r0, int r1, int r2, int r3, float[] y, int from, int length, float[] lanes) {
    FloatVector s0 = FloatVector.zero(FLOATS);
    FloatVector s1 = FloatVector.zero(FLOATS);
    FloatVector s2 = FloatVector.zero(FLOATS);
    FloatVector s3 = FloatVector.zero(FLOATS);
    int i = 0;
    for (; i + COUNT <= length; i += COUNT) {
      FloatVector shared = FloatVector.fromArray(FLOATS, y, from + i);
      s0 = FloatVector.fromArray(FLOATS, x, r0 + i).fma(shared, s0);
      s1 = FloatVector.fromArray(FLOATS, x, r1 + i).fma(shared, s1);
      s2 = FloatVector.fromArray(FLOATS, x, r2 + i).fma(shared, s2);
      s3 = FloatVector.fromArray(FLOATS, x, r3 + i).fma(shared, s3);
    }
    if (i < length) {
      VectorMask<Float> mask = FLOATS.indexInRange(i, length);
      FloatVector shared = FloatVector.fromArray(FLOATS, y, from + i, mask);
      s0 = FloatVector.fromArray(FLOATS, x, r0 + i, mask).fma(shared, s0);
      s1 = FloatVector.fromArray(FLOATS, x, r1 + i, mask).fma(shared, s1);
      s2 = FloatVector.fromArray(FLOATS, x, r2 + i, mask).fma(shared, s2);
      s3 = FloatVector.fromArray(FLOATS, x, r3 + i, mask).fma(shared, s3);
    }
    s0.intoArray(lanes, 0);
    s1.intoArray(lanes, COUNT);
    s2.intoArray(lanes, 2 * COUNT);
    s3.intoArray(lanes, 3 * COUNT);
  }

  /** {@code lanes} is a vector whose lanes sum to {@code x . y}, for {@code length} elements. */
  public static void one(float[] x, int row, float[] y, int from, int length, float[] lanes) {
    FloatVector even = FloatVector.zero(FLOATS);
    FloatVector odd = FloatVector.zero(FLOATS);
    int i = 0;
    for (; i + 2 * COUNT <= length; i += 2 * COUNT) {
      FloatVector shared = FloatVector.fromArray(FLOATS, y, from + i);
      even = FloatVector.fromArray(FLOATS, x, row + i).fma(shared, even);
      shared = FloatVector.fromArray(FLOATS, y, from + i + COUNT);
      odd = FloatVector.fromArray(FLOATS, x, row + i + COUNT).fma(shared, odd);
    }
    for (; i < length; i += COUNT) {
      VectorMask<Float> mask = FLOATS.indexInRange(i, length);
      FloatVector shared = FloatVector.fromArray(FLOATS, y, from + i, mask);
      even = FloatVector.fromArray(FLOATS, x, row + i, mask).fma(shared, even);
    }
    even.add(odd).intoArray(lanes, 0);
  }
}
