package dev.wta.backend.cpu.vector;

import static dev.wta.backend.cpu.vector.Lanes.COUNT;
import static dev.wta.backend.cpu.vector.Lanes.FLOATS;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/** Scaling, shifting, adding and clipping runs of elements. */
public final class LinearKernels {
  private LinearKernels() {}

  /** {@code out = scale * x + shift}. */
  public static void affine(
      float scale, float[] x, int from, float shift, float[] out, int to, int length) {
    FloatVector factor = FloatVector.broadcast(FLOATS, scale);
    FloatVector summand = FloatVector.broadcast(FLOATS, shift);
    int bound = Lanes.bound(length);
    for (int i = 0; i < bound; i += COUNT) {
      FloatVector.fromArray(FLOATS, x, from + i).fma(factor, summand).intoArray(out, to + i);
    }
    if (bound < length) {
      VectorMask<Float> mask = FLOATS.indexInRange(bound, length);
      FloatVector.fromArray(FLOATS, x, from + bound, mask)
          .fma(factor, summand)
          .intoArray(out, to + bound, mask);
    }
  }

  /** {@code y += alpha * x}. */
  public static void axpy(float alpha, float[] x, int from, float[] y, int to, int length) {
    FloatVector factor = FloatVector.broadcast(FLOATS, alpha);
    int bound = Lanes.bound(length);
    int i = 0;
    for (; i < bound; i += COUNT) {
      FloatVector sum = FloatVector.fromArray(FLOATS, y, to + i);
      FloatVector.fromArray(FLOATS, x, from + i).fma(factor, sum).intoArray(y, to + i);
    }
    for (; i < length; i++) {
      y[to + i] = Math.fma(alpha, x[from + i], y[to + i]);
    }
  }

  /** {@code out = min(max(x, low), high)}; NaN stays NaN. */
  public static void clip(
      float[] x, int from, float low, float high, float[] out, int to, int length) {
    for (int i = 0; i < length; i += COUNT) {
      VectorMask<Float> mask = FLOATS.indexInRange(i, length);
      FloatVector value = FloatVector.fromArray(FLOATS, x, from + i, mask);
      value = value.blend(low, value.compare(VectorOperators.LT, low));
      value.blend(high, value.compare(VectorOperators.GT, high)).intoArray(out, to + i, mask);
    }
  }

  /** {@code out *= factor}. */
  public static void scale(float factor, float[] out, int to, int length) {
    for (int i = 0; i < length; i += COUNT) {
      VectorMask<Float> mask = FLOATS.indexInRange(i, length);
      FloatVector.fromArray(FLOATS, out, to + i, mask).mul(factor).intoArray(out, to + i, mask);
    }
  }
}
