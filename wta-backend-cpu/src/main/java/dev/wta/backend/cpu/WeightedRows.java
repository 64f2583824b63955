package dev.wta.backend.cpu;

import static dev.wta.backend.cpu.Lanes.COUNT;
import static dev.wta.backend.cpu.Lanes.FLOATS;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * Adds weighted rows of a matrix up: what decoding and the weights' gradients are made of. The sums
 * of eight vectors of columns stay in registers while all rows pass by. One thread's: the list of
 * rows is kept between calls.
 */
final class WeightedRows {
  private static final int STRIP = 8 * COUNT;

  /** Rows that are summed in float32 before their sum is added to others. */
  private static final int BLOCK = 256;

  private int[] rows = new int[BLOCK];
  private float[] weights = new float[BLOCK];
  private int count;

  void clear() {
    count = 0;
  }

  /** Lists a row. */
  void add(float weight, int row) {
    if (count == rows.length) {
      rows = Arrays.copyOf(rows, 2 * count);
      weights = Arrays.copyOf(weights, 2 * count);
    }
    rows[count] = row;
    weights[count++] = weight;
  }

  /**
   * {@code out += sum of weight * x[row ...]} over the rows listed, {@code length} elements of
   * each.
   */
  void addTo(float[] x, float[] out, int to, int length) {
    for (int first = 0; first < count; first += BLOCK) {
      int last = Math.min(count, first + BLOCK);
      int i = 0;
      for (; i + STRIP <= length; i += STRIP) {
        strip(x, i, first, last, out, to + i);
      }
      for (; i < length; i += COUNT) {
        vector(x, i, first, last, out, to + i, Math.min(COUNT, length - i));
      }
    }
  }

  private void strip(float[] x, int column, int first, int last, float[] out, int to) {
    FloatVector s0 = FloatVector.zero(FLOATS);
    FloatVector s1 = FloatVector.zero(FLOATS);
    FloatVector s2 = FloatVector.zero(FLOATS);
    FloatVector s3 = FloatVector.zero(FLOATS);
    FloatVector s4 = FloatVector.zero(FLOATS);
    FloatVector s5 = FloatVector.zero(FLOATS);
    FloatVector s6 = FloatVector.zero(FLOATS);
    FloatVector s7 = FloatVector.zero(FLOATS);
    for (int r = first; r < last; r++) {
      FloatVector weight = FloatVector.broadcast(FLOATS, weights[r]);
      int at = rows[r] + column;
      s0 = weight.fma(FloatVector.fromArray(FLOATS, x, at), s0);
      s1 = weight.fma(FloatVector.fromArray(FLOATS, x, at + COUNT), s1);
      s2 = weight.fma(FloatVector.fromArray(FLOATS, x, at + 2 * COUNT), s2);
      s3 = weight.fma(FloatVector.fromArray(FLOATS, x, at + 3 * COUNT), s3);
      s4 = weight.fma(FloatVector.fromArray(FLOATS, x, at + 4 * COUNT), s4);
      s5 = weight.fma(FloatVector.fromArray(FLOATS, x, at + 5 * COUNT), s5);
      s6 = weight.fma(FloatVector.fromArray(FLOATS, x, at + 6 * COUNT), s6);
      s7 = weight.fma(FloatVector.fromArray(FLOATS, x, at + 7 * COUNT), s7);
    }
    s0.add(FloatVector.fromArray(FLOATS, out, to)).intoArray(out, to);
    s1.add(FloatVector.fromArray(FLOATS, out, to + COUNT)).intoArray(out, to + COUNT);
    s2.add(FloatVector.fromArray(FLOATS, out, to + 2 * COUNT)).intoArray(out, to + 2 * COUNT);
    s3.add(FloatVector.fromArray(FLOATS, out, to + 3 * COUNT)).intoArray(out, to + 3 * COUNT);
    s4.add(FloatVector.fromArray(FLOATS, out, to + 4 * COUNT)).intoArray(out, to + 4 * COUNT);
    s5.add(FloatVector.fromArray(FLOATS, out, to + 5 * COUNT)).intoArray(out, to + 5 * COUNT);
    s6.add(FloatVector.fromArray(FLOATS, out, to + 6 * COUNT)).intoArray(out, to + 6 * COUNT);
    s7.add(FloatVector.fromArray(FLOATS, out, to + 7 * COUNT)).intoArray(out, to + 7 * COUNT);
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
