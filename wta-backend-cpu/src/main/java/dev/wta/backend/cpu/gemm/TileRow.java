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
    int whole = Lanes.bound(length);
    for (int j = 0; j < whole; j += COUNT) {
      FloatVector value = FloatVector.fromArray(FLOATS, out, to + j);
      if (bias != null) {
        value = value.add(FloatVector.fromArray(FLOATS, bias, biasStart + j));
      }
      if (relu) {
        value = value.blend(0f, value.compare(VectorOperators.LT, 0f));
      }
      value.intoArray(out, to + j);
    }
    if (whole < length) {
      VectorMask<Float> mask = FLOATS.indexInRange(whole, length);
      FloatVector value = FloatVector.fromArray(FLOATS, out, to + whole, mask);
      if (bias != null) {
        value = value.add(FloatVector.fromArray(FLOATS, bias, biasStart + whole, mask));
      }
      if (relu) {
        value = value.blend(0f, value.compare(VectorOperators.LT, 0f));
      }
      value.intoArray(out, to + whole, mask);
    }
  }
}
