package dev.wta.backend.cpu.select;

import static dev.wta.backend.cpu.vector.Lanes.COUNT;
import static dev.wta.backend.cpu.vector.Lanes.FLOATS;

import dev.wta.backend.cpu.exec.Scratch;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Finds the k largest positive numbers of a group without sorting it. {@link #cut} closes in on a
 * threshold that exactly k numbers exceed, counting a vector at a time; {@link #indices} lists, in
 * order, what exceeds it. Only where more numbers equal the threshold than there is room for does
 * the search continue to the last bit. NaN is never above anything. For one thread: the cut is kept
 * between the two calls.
 */
public final class TopKSelector {
  /**
   * Halvings of the interval of values; what is then still open is settled by halving the interval
   * of bits.
   */
  private static final int HALVINGS = 24;

  private float threshold;
  private int ties;

  /** The one of a thread. */
  public static TopKSelector of(Scratch scratch) {
    return scratch.helper(TopKSelector.class, TopKSelector::new);
  }

  /**
   * Finds where to cut {@code length} numbers so that the {@code k} largest positive ones remain.
   */
  public void cut(float[] x, int from, int length, int k) {
    threshold = 0;
    ties = 0;
    if (k >= length || countAbove(x, from, length, 0) <= k) {
      return;
    }
    float low = 0; // more than k numbers are above
    float high = maximum(x, from, length); // fewer than k are
    int aboveHigh = 0;
    for (int i = 0; Math.nextUp(low) < high; i++) {
      float middle = i < HALVINGS ? (low + high) / 2 : middleBits(low, high);
      if (middle <= low || middle >= high) {
        middle = middleBits(low, high);
      }
      int above = countAbove(x, from, length, middle);
      if (above == k) {
        threshold = middle;
        return;
      }
      if (above > k) {
        low = middle;
      } else {
        high = middle;
        aboveHigh = above;
      }
    }
    threshold = high;
    ties = k - aboveHigh;
  }

  /**
   * Lists the indices of the numbers that remain, ascending, counted from {@code from}; returns how
   * many.
   */
  public int indices(float[] x, int from, int length, int[] out, int to) {
    float least = ties > 0 ? threshold : Math.nextUp(threshold);
    int end = to;
    int room = ties;
    for (int i = 0; i < length; i += Long.SIZE) {
      long chosen = atLeast(x, from + i, Math.min(Long.SIZE, length - i), least);
      for (; chosen != 0; chosen &= chosen - 1) {
        int at = i + Long.numberOfTrailingZeros(chosen);
        if (x[from + at] > threshold || room-- > 0) {
          out[end++] = at;
        }
      }
    }
    return end - to;
  }

  /**
   * The {@code k}-th largest of {@code length} numbers, or 0 if no more than {@code k} of them are
   * positive.
   */
  public float kth(float[] x, int from, int length, int k) {
    cut(x, from, length, k);
    if (ties > 0 || threshold == 0) {
      return threshold;
    }
    FloatVector least = FloatVector.broadcast(FLOATS, Float.POSITIVE_INFINITY);
    int i = 0;
    for (; i + COUNT <= length; i += COUNT) {
      FloatVector value = FloatVector.fromArray(FLOATS, x, from + i);
      least =
          least.blend(
              value,
              value
                  .compare(VectorOperators.GT, threshold)
                  .and(value.compare(VectorOperators.LT, least)));
    }
    float kth = least.reduceLanes(VectorOperators.MIN);
    for (; i < length; i++) {
      kth = x[from + i] > threshold ? Math.min(kth, x[from + i]) : kth;
    }
    return kth;
  }

  /**
   * A number that about {@code k} exceed: {@code k} of them at the least, and {@code most} at the
   * most unless some are equal. It is {@code least} where no more than {@code most} exceed that.
   *
   * @param least not negative
   */
  public static float about(float[] x, int from, int length, float least, int k, int most) {
    if (countAbove(x, from, length, least) <= most) {
      return least;
    }
    float low = least;
    float high = maximum(x, from, length);
    for (int i = 0; Math.nextUp(low) < high; i++) {
      float middle = i < HALVINGS / 2 ? (low + high) / 2 : middleBits(low, high);
      int above = countAbove(x, from, length, middle);
      if (above < k) {
        high = middle;
      } else {
        low = middle;
        if (above <= most) {
          break;
        }
      }
    }
    return low;
  }

  /**
   * Lists the indices of the numbers that are {@code least} or more, ascending; returns how many.
   */
  public static int atLeast(float[] x, int length, float least, int[] out) {
    int end = 0;
    for (int i = 0; i < length; i += Long.SIZE) {
      long chosen = atLeast(x, i, Math.min(Long.SIZE, length - i), least);
      for (; chosen != 0; chosen &= chosen - 1) {
        out[end++] = i + Long.numberOfTrailingZeros(chosen);
      }
    }
    return end;
  }

  /**
   * Which of at most 64 numbers are {@code least} or more, the first one's bit the lowest. Bits of
   * so many together spare a branch that is often mispredicted for each vector.
   */
  private static long atLeast(float[] x, int from, int length, float least) {
    long bits = 0;
    int i = 0;
    for (; i + COUNT <= length; i += COUNT) {
      bits |=
          FloatVector.fromArray(FLOATS, x, from + i).compare(VectorOperators.GE, least).toLong()
              << i;
    }
    for (; i < length; i++) {
      bits |= x[from + i] >= least ? 1L << i : 0;
    }
    return bits;
  }

  /** Half way between two floats that are not negative, counted in floats. */
  private static float middleBits(float low, float high) {
    return Float.intBitsToFloat(
        (Float.floatToRawIntBits(low) + Float.floatToRawIntBits(high)) >>> 1);
  }

  private static int countAbove(float[] x, int from, int length, float bound) {
    int count = 0;
    int i = 0;
    for (; i + COUNT <= length; i += COUNT) {
      count +=
          FloatVector.fromArray(FLOATS, x, from + i).compare(VectorOperators.GT, bound).trueCount();
    }
    for (; i < length; i++) {
      count += x[from + i] > bound ? 1 : 0;
    }
    return count;
  }

  /** The largest of the numbers that are positive; NaN is none of them. */
  private static float maximum(float[] x, int from, int length) {
    FloatVector best = FloatVector.zero(FLOATS);
    int i = 0;
    for (; i + COUNT <= length; i += COUNT) {
      FloatVector value = FloatVector.fromArray(FLOATS, x, from + i);
      best = best.blend(value, value.compare(VectorOperators.GT, best));
    }
    float maximum = best.reduceLanes(VectorOperators.MAX);
    for (; i < length; i++) {
      maximum = x[from + i] > maximum ? x[from + i] : maximum;
    }
    return maximum;
  }

  /** How many of {@code length} numbers are NaN. */
  public static int countNaN(float[] x, int from, int length) {
    int count = 0;
    int i = 0;
    for (; i + COUNT <= length; i += COUNT) {
      count += FloatVector.fromArray(FLOATS, x, from + i).test(VectorOperators.IS_NAN).trueCount();
    }
    for (; i < length; i++) {
      count += Float.isNaN(x[from + i]) ? 1 : 0;
    }
    return count;
  }
}
