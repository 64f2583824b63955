package dev.wta.backend.cpu.vector;

import static dev.wta.backend.cpu.vector.Lanes.COUNT;
import static dev.wta.backend.cpu.vector.Lanes.FLOATS;

import dev.wta.api.op.Dense.Unary;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * Functions of one number over runs of elements. A loop each, since a vector must not cross a call.
 *
 * <p>Exponentials and their kin go through {@link Math}, an element at a time: interpreted and
 * compiled code agree on those to the bit, which they do not on the Vector API's.
 */
public final class UnaryKernels {
  private static final FloatVector ZERO = FloatVector.zero(FLOATS);

  private UnaryKernels() {}

  /** {@code out[to + i] = f(x[from + i])} for {@code length} elements. */
  public static void apply(Unary f, float[] x, int from, float[] out, int to, int length) {
    switch (f) {
      case RELU -> relu(x, from, out, to, length);
      case SIGMOID -> sigmoid(x, from, out, to, length);
      case TANH -> tanh(x, from, out, to, length);
      case EXP -> exp(x, from, out, to, length);
      case SQRT -> sqrt(x, from, out, to, length);
      case SQUARE -> square(x, from, out, to, length);
      case ABS -> abs(x, from, out, to, length);
      case STEP -> step(x, from, out, to, length);
      case SOFTPLUS -> softplus(x, from, out, to, length);
    }
  }

  private static void relu(float[] in, int from, float[] out, int to, int length) {
    for (int i = 0; i < length; i += COUNT) {
      VectorMask<Float> mask = FLOATS.indexInRange(i, length);
      FloatVector x = FloatVector.fromArray(FLOATS, in, from + i, mask);
      x.blend(0f, x.compare(VectorOperators.LT, 0f)).intoArray(out, to + i, mask);
    }
  }

  private static void sigmoid(float[] in, int from, float[] out, int to, int length) {
    for (int i = 0; i < length; i++) {
      double x = in[from + i];
      out[to + i] = (float) (1 / (1 + Math.exp(-x)));
    }
  }

  private static void tanh(float[] in, int from, float[] out, int to, int length) {
    for (int i = 0; i < length; i++) {
      double x = in[from + i];
      out[to + i] = (float) (Math.tanh(x));
    }
  }

  private static void exp(float[] in, int from, float[] out, int to, int length) {
    for (int i = 0; i < length; i++) {
      double x = in[from + i];
      out[to + i] = (float) (Math.exp(x));
    }
  }

  private static void sqrt(float[] in, int from, float[] out, int to, int length) {
    for (int i = 0; i < length; i += COUNT) {
      VectorMask<Float> mask = FLOATS.indexInRange(i, length);
      FloatVector x = FloatVector.fromArray(FLOATS, in, from + i, mask);
      x.sqrt().intoArray(out, to + i, mask);
    }
  }

  private static void square(float[] in, int from, float[] out, int to, int length) {
    for (int i = 0; i < length; i += COUNT) {
      VectorMask<Float> mask = FLOATS.indexInRange(i, length);
      FloatVector x = FloatVector.fromArray(FLOATS, in, from + i, mask);
      x.mul(x).intoArray(out, to + i, mask);
    }
  }

  private static void abs(float[] in, int from, float[] out, int to, int length) {
    for (int i = 0; i < length; i += COUNT) {
      VectorMask<Float> mask = FLOATS.indexInRange(i, length);
      FloatVector x = FloatVector.fromArray(FLOATS, in, from + i, mask);
      x.abs().intoArray(out, to + i, mask);
    }
  }

  private static void step(float[] in, int from, float[] out, int to, int length) {
    for (int i = 0; i < length; i += COUNT) {
      VectorMask<Float> mask = FLOATS.indexInRange(i, length);
      FloatVector x = FloatVector.fromArray(FLOATS, in, from + i, mask);
      ZERO.blend(1f, x.compare(VectorOperators.GT, 0f)).intoArray(out, to + i, mask);
    }
  }

  private static void softplus(float[] in, int from, float[] out, int to, int length) {
    for (int i = 0; i < length; i++) {
      double x = in[from + i];
      out[to + i] = (float) (Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))));
    }
  }
}
