package dev.wta.backend.cpu.gemm;

import static dev.wta.backend.cpu.vector.Lanes.COUNT;
import static dev.wta.backend.cpu.vector.Lanes.FLOATS;

import dev.wta.backend.cpu.vector.Lanes;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/** Stores a row of a block of sums: scale, add to what is there, add a bias, rectify. */
public final class TileRow {
  private TileRow() {}

  /** {@code out = alpha * tile + beta * out}; {@code out} is not read if {@code beta} is 0. */
  public static void store(
      float[] tile, int from, int length, float alpha, float beta, float[] out, int to) {
    int whole = Lanes.bound(length);
    for (int j = 0; j < whole; j += COUNT) {
      FloatVector value = FloatVector.fromArray(FLOATS, tile, from + j).mul(alpha);
      if (beta != 0) {
        FloatVector before = FloatVector.fromArray(FLOATS, out, to + j);
        value = before.fma(FloatVector.broadcast(FLOATS, beta), value);
      }
      value.intoArray(out, to + j);
    }
    if (whole < length) {
      VectorMask<Float> mask = FLOATS.indexInRange(whole, length);
      FloatVector value = FloatVector.fromArray(FLOATS, tile, from + whole, mask).mul(alpha);
      if (beta != 0) {
        FloatVector before = FloatVector.fromArray(FLOATS, out, to + whole, mask);
        value = before.fma(FloatVector.broadcast(FLOATS, beta), value);
      }
      value.intoArray(out, to + whole, mask);
    }
  }

  /** {@code out += tile} over whole vectors. */
  public static void add(float[] tile, int from, int width, float[] out, int to) {
    for (int j = 0; j < width; j += COUNT) {
      FloatVector.fromArray(FLOATS, out, to + j)
          .add(FloatVector.fromArray(FLOATS, tile, from + j))
          .intoArray(out, to + j);
    }
  }

  /** {@code out = max(0, out + bias)} with either part optional; NaN stays NaN. */
  public static void finish(
      float[] out, int to, int length, float[] bias, int biasStart, boolean relu) {
    float least = relu ? 0f : Float.NEGATIVE_INFINITY;
    if (bias != null) {
      finish(out, to, length, bias, biasStart, least);
    } else if (relu) {
      rectify(out, to, length);
    }
  }

  // No vector depends on a condition: where two of them met, the compiler has kept both as objects.

  private static void finish(
      float[] out, int to, int length, float[] bias, int biasStart, float least) {
    int whole = Lanes.bound(length);
    for (int j = 0; j < whole; j += COUNT) {
      FloatVector value =
          FloatVector.fromArray(FLOATS, out, to + j)
              .add(FloatVector.fromArray(FLOATS, bias, biasStart + j));
      value.blend(0f, value.compare(VectorOperators.LT, least)).intoArray(out, to + j);
    }
    if (whole < length) {
      VectorMask<Float> mask = FLOATS.indexInRange(whole, length);
      FloatVector value =
          FloatVector.fromArray(FLOATS, out, to + whole, mask)
              .add(FloatVector.fromArray(FLOATS, bias, biasStart + whole, mask));
      value.blend(0f, value.compare(VectorOperators.LT, least)).intoArray(out, to + whole, mask);
    }
  }

  private static void rectify(float[] out, int to, int length) {
    for (int j = 0; j < length; j += COUNT) {
      VectorMask<Float> mask = FLOATS.indexInRange(j, length);
      FloatVector value = FloatVector.fromArray(FLOATS, out, to + j, mask);
      value.blend(0f, value.compare(VectorOperators.LT, 0f)).intoArray(out, to + j, mask);
    }
  }
}
