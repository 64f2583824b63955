package dev.wta.backend.cpu.vector;

import static dev.wta.backend.cpu.vector.Lanes.COUNT;
import static dev.wta.backend.cpu.vector.Lanes.FLOATS;

import dev.wta.api.op.Dense.Binary;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * Functions of two numbers over runs of elements. A loop each, since a vector must not cross a
 * call.
 */
public final class BinaryKernels {
  private static final FloatVector ZERO = FloatVector.zero(FLOATS);
  private static final FloatVector ONE = FloatVector.broadcast(FLOATS, 1f);

  private BinaryKernels() {}

  /** {@code out[to + i] = f(x[xFrom + i], y[yFrom + i])} for {@code length} elements. */
  public static void apply(
      Binary f, float[] x, int xFrom, float[] y, int yFrom, float[] out, int to, int length) {
    switch (f) {
      case ADD -> add(x, xFrom, y, yFrom, out, to, length);
      case SUBTRACT -> subtract(x, xFrom, y, yFrom, out, to, length);
      case MULTIPLY -> multiply(x, xFrom, y, yFrom, out, to, length);
      case DIVIDE -> divide(x, xFrom, y, yFrom, out, to, length);
      case RELU_GRADIENT -> reluGradient(x, xFrom, y, yFrom, out, to, length);
      case SIGMOID_GRADIENT -> sigmoidGradient(x, xFrom, y, yFrom, out, to, length);
    }
  }

  private static void add(
      float[] x, int xFrom, float[] y, int yFrom, float[] out, int to, int length) {
    for (int i = 0; i < length; i += COUNT) {
      VectorMask<Float> mask = FLOATS.indexInRange(i, length);
      FloatVector a = FloatVector.fromArray(FLOATS, x, xFrom + i, mask);
      FloatVector b = FloatVector.fromArray(FLOATS, y, yFrom + i, mask);
      a.add(b).intoArray(out, to + i, mask);
    }
  }

  private static void subtract(
      float[] x, int xFrom, float[] y, int yFrom, float[] out, int to, int length) {
    for (int i = 0; i < length; i += COUNT) {
      VectorMask<Float> mask = FLOATS.indexInRange(i, length);
      FloatVector a = FloatVector.fromArray(FLOATS, x, xFrom + i, mask);
      FloatVector b = FloatVector.fromArray(FLOATS, y, yFrom + i, mask);
      a.sub(b).intoArray(out, to + i, mask);
    }
  }

  private static void multiply(
      float[] x, int xFrom, float[] y, int yFrom, float[] out, int to, int length) {
    for (int i = 0; i < length; i += COUNT) {
      VectorMask<Float> mask = FLOATS.indexInRange(i, length);
      FloatVector a = FloatVector.fromArray(FLOATS, x, xFrom + i, mask);
      FloatVector b = FloatVector.fromArray(FLOATS, y, yFrom + i, mask);
      a.mul(b).intoArray(out, to + i, mask);
    }
  }

  private static void divide(
      float[] x, int xFrom, float[] y, int yFrom, float[] out, int to, int length) {
    for (int i = 0; i < length; i += COUNT) {
      VectorMask<Float> mask = FLOATS.indexInRange(i, length);
      FloatVector a = FloatVector.fromArray(FLOATS, x, xFrom + i, mask);
      FloatVector b = FloatVector.fromArray(FLOATS, y, yFrom + i, mask);
      a.div(b).intoArray(out, to + i, mask);
    }
  }

  private static void reluGradient(
      float[] x, int xFrom, float[] y, int yFrom, float[] out, int to, int length) {
    for (int i = 0; i < length; i += COUNT) {
      VectorMask<Float> mask = FLOATS.indexInRange(i, length);
      FloatVector a = FloatVector.fromArray(FLOATS, x, xFrom + i, mask);
      FloatVector b = FloatVector.fromArray(FLOATS, y, yFrom + i, mask);
      ZERO.blend(a, b.compare(VectorOperators.GT, 0f)).intoArray(out, to + i, mask);
    }
  }

  private static void sigmoidGradient(
      float[] x, int xFrom, float[] y, int yFrom, float[] out, int to, int length) {
    for (int i = 0; i < length; i += COUNT) {
      VectorMask<Float> mask = FLOATS.indexInRange(i, length);
      FloatVector a = FloatVector.fromArray(FLOATS, x, xFrom + i, mask);
      FloatVector b = FloatVector.fromArray(FLOATS, y, yFrom + i, mask);
      a.mul(b).mul(ONE.sub(b)).intoArray(out, to + i, mask);
    }
  }
}
