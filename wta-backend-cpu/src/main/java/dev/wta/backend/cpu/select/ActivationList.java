package dev.wta.backend.cpu.select;

import static dev.wta.backend.cpu.vector.Lanes.COUNT;
import static dev.wta.backend.cpu.vector.Lanes.FLOATS;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/** A thread's list of activations with their samples, unit after unit. It grows as needed. */
final class ActivationList {
  private static final int FIRST_ROOM = 1 << 12;

  /** A list with so many places for each that were needed gives them up. */
  private static final int MOST_UNUSED = 4;

  private float[] values = new float[FIRST_ROOM];
  private int[] samples = new int[FIRST_ROOM];
  private int count;

  void clear() {
    int room = Math.max(FIRST_ROOM, count);
    if (values.length / MOST_UNUSED > room) {
      values = new float[room];
      samples = new int[room];
    }
    count = 0;
  }

  int count() {
    return count;
  }

  float[] values() {
    return values;
  }

  int[] samples() {
    return samples;
  }

  /**
   * Lists the samples whose activations of a unit exceed {@code bound}.
   *
   * @param activations {@code length} of them, one a sample, and as many more as complete a vector
   */
  void addAbove(float[] activations, int from, int length, float bound) {
    reserve(length);
    FloatVector least = FloatVector.broadcast(FLOATS, bound);
    for (int n = 0; n < length; n += COUNT) {
      long above =
          FloatVector.fromArray(FLOATS, activations, from + n)
              .compare(VectorOperators.GT, least)
              .toLong();
      for (; above != 0; above &= above - 1) {
        int sample = n + Long.numberOfTrailingZeros(above);
        if (sample < length) {
          values[count] = activations[from + sample];
          samples[count++] = sample;
        }
      }
    }
  }

  private void reserve(int further) {
    long least = (long) count + further;
    if (least > values.length) {
      int room = (int) Math.min(Math.max(least, 2L * values.length), Integer.MAX_VALUE - 8);
      values = Arrays.copyOf(values, room);
      samples = Arrays.copyOf(samples, room);
    }
  }
}
