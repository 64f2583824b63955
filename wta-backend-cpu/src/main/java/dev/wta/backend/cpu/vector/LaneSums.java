package dev.wta.backend.cpu.vector;

import static dev.wta.backend.cpu.vector.Lanes.COUNT;
import static dev.wta.backend.cpu.vector.Lanes.DOUBLES;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorShuffle;

/**
 * The sum over a vector's lanes, always in the same order. The Vector API's own reduction leaves
 * the order open, and compiled code takes another than interpreted code does, so that a result
 * would depend on how warm the JVM is.
 *
 * <p>Floats are stored first: a method that takes a vector and is not inlined boxes it, and these
 * sums are frequent.
 */
public final class LaneSums {
  private static final VectorShuffle<Double> BY_4 = rotation(4);
  private static final VectorShuffle<Double> BY_2 = rotation(2);
  private static final VectorShuffle<Double> BY_1 = rotation(1);

  private LaneSums() {}

  /** The sum of a vector that was stored to {@code lanes} at {@code from}: four partial sums. */
  public static float of(float[] lanes, int from) {
    float a = 0;
    float b = 0;
    float c = 0;
    float d = 0;
    for (int i = from; i < from + COUNT; i += 4) {
      a += lanes[i];
      b += lanes[i + 1];
      c += lanes[i + 2];
      d += lanes[i + 3];
    }
    return (a + b) + (c + d);
  }

  /** Folds the halves of a vector onto each other until one lane is left. */
  static double of(DoubleVector vector) {
    DoubleVector sum = vector;
    if (COUNT > 8) {
      sum = sum.add(sum.rearrange(BY_4));
    }
    if (COUNT > 4) {
      sum = sum.add(sum.rearrange(BY_2));
    }
    return sum.add(sum.rearrange(BY_1)).lane(0);
  }

  private static VectorShuffle<Double> rotation(int by) {
    return VectorShuffle.fromOp(DOUBLES, lane -> (lane + by) % DOUBLES.length());
  }
}
