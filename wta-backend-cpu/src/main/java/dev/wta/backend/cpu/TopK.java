package dev.wta.backend.cpu;

import static dev.wta.backend.cpu.Lanes.COUNT;
import static dev.wta.backend.cpu.Lanes.FLOATS;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Finds the k largest positive numbers of a group without sorting it. {@link #cut} finds the k-th
 * largest value, then {@link #indices} lists, in order, what lies above it and as many of its
 * equals as there is room for. NaN is never above anything. One thread's: the cut is kept between
 * the two calls.
 */
final class TopK {
  /** Up to this k the best are kept sorted, and most vectors are skipped by one comparison. */
  private static final int SORTED = 64;

  private static final int TOP_SHIFT = 20;
  private static final int DIGIT_BITS = 10;
  private static final int DIGIT = (1 << DIGIT_BITS) - 1;

  private final float[] best = new float[SORTED];
  private final int[] histogram = new int[1 << 11];
  private int[] narrowed = new int[0];
  private float threshold;
  private int ties;

  /**
   * Finds where to cut {@code length} numbers so that the {@code k} largest positive ones remain.
   */
  void cut(float[] x, int from, int length, int k) {
    if (k >= length) {
      threshold = 0;
      ties = 0;
    } else if (k <= SORTED) {
      cutByInsertion(x, from, length, k);
    } else {
      cutByDigits(x, from, length, k);
    }
  }

  /**
   * Lists the indices of the numbers that remain, ascending, counted from {@code from}; answers how
   * many.
   */
  int indices(float[] x, int from, int length, int[] out, int to) {
    int end = to;
    int room = ties;
    float least = Math.max(threshold, Float.MIN_VALUE);
    int i = 0;
    for (; i + COUNT <= length; i += COUNT) {
      long chosen =
          FloatVector.fromArray(FLOATS, x, from + i).compare(VectorOperators.GE, least).toLong();
      for (; chosen != 0; chosen &= chosen - 1) {
        int at = i + Long.numberOfTrailingZeros(chosen);
        if (x[from + at] > threshold || room-- > 0) {
          out[end++] = at;
        }
      }
    }
    for (; i < length; i++) {
      if (x[from + i] >= least && (x[from + i] > threshold || room-- > 0)) {
        out[end++] = i;
      }
    }
    return end - to;
  }

  private void cutByInsertion(float[] x, int from, int length, int k) {
    Arrays.fill(best, 0, k, 0f);
    float bar = 0;
    int i = 0;
    for (; i + COUNT <= length; i += COUNT) {
      long above =
          FloatVector.fromArray(FLOATS, x, from + i).compare(VectorOperators.GT, bar).toLong();
      for (; above != 0; above &= above - 1) {
        bar = insert(x[from + i + Long.numberOfTrailingZeros(above)], k);
      }
    }
    for (; i < length; i++) {
      if (x[from + i] > bar) {
        bar = insert(x[from + i], k);
      }
    }
    threshold = bar;
    ties = 0;
    for (int j = k - 1; j >= 0 && best[j] == bar; j--) {
      ties++;
    }
  }

  /** Puts {@code value} in its place among the best, largest first, and answers the k-th. */
  private float insert(float value, int k) {
    if (value > best[k - 1]) {
      int j = k - 1;
      for (; j > 0 && best[j - 1] < value; j--) {
        best[j] = best[j - 1];
      }
      best[j] = value;
    }
    return best[k - 1];
  }

  /**
   * Radix selection: positive floats are in the order of their bits, which are narrowed down eleven
   * and ten at a time.
   */
  private void cutByDigits(float[] x, int from, int length, int k) {
    Arrays.fill(histogram, 0);
    int positive = 0;
    for (int i = 0; i < length; i++) {
      if (x[from + i] > 0) {
        histogram[Float.floatToRawIntBits(x[from + i]) >>> TOP_SHIFT]++;
        positive++;
      }
    }
    if (positive <= k) {
      threshold = 0;
      ties = 0;
      return;
    }
    int remaining = k;
    int top = histogram.length - 1;
    for (; histogram[top] < remaining; top--) {
      remaining -= histogram[top];
    }
    int count = 0;
    if (narrowed.length < histogram[top]) {
      narrowed = new int[histogram[top]];
    }
    for (int i = 0; i < length; i++) {
      int bits = Float.floatToRawIntBits(x[from + i]);
      if (x[from + i] > 0 && bits >>> TOP_SHIFT == top) {
        narrowed[count++] = bits;
      }
    }
    for (int shift = TOP_SHIFT - DIGIT_BITS; shift >= 0; shift -= DIGIT_BITS) {
      Arrays.fill(histogram, 0, DIGIT + 1, 0);
      for (int i = 0; i < count; i++) {
        histogram[narrowed[i] >>> shift & DIGIT]++;
      }
      int digit = DIGIT;
      for (; histogram[digit] < remaining; digit--) {
        remaining -= histogram[digit];
      }
      int kept = 0;
      for (int i = 0; i < count; i++) {
        if ((narrowed[i] >>> shift & DIGIT) == digit) {
          narrowed[kept++] = narrowed[i];
        }
      }
      count = kept;
    }
    threshold = Float.intBitsToFloat(narrowed[0]);
    ties = remaining;
  }

  /** How many of {@code length} numbers are NaN. */
  static int countNaN(float[] x, int from, int length) {
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
