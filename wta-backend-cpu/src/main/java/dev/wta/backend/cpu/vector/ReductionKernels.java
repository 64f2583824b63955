package dev.wta.backend.cpu.vector;

import static dev.wta.backend.cpu.vector.Lanes.COUNT;
import static dev.wta.backend.cpu.vector.Lanes.DOUBLES;
import static dev.wta.backend.cpu.vector.Lanes.FLOATS;
import static dev.wta.backend.cpu.vector.Lanes.HALF_COUNT;
import static dev.wta.backend.cpu.vector.Lanes.HALF_FLOATS;

import dev.wta.api.op.Dense.Reduction;
import java.util.Arrays;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/** Sums and maxima of runs of elements. */
public final class ReductionKernels {
  /** Rows that are summed in float32 before their sums are added to others, if there are few. */
  private static final int ROW_BLOCK = 256;

  private ReductionKernels() {}

  /** Reduces one row to a number. */
  public static float row(Reduction reduction, float[] x, int from, int length) {
    return switch (reduction) {
      case SUM -> (float) preciseSum(x, from, length);
      case SUM_OF_SQUARES -> (float) preciseDot(x, from, x, from, length);
      case MAXIMUM -> maximum(x, from, length);
    };
  }

  private static float maximum(float[] x, int from, int length) {
    FloatVector best = FloatVector.broadcast(FLOATS, Float.NEGATIVE_INFINITY);
    int bound = Lanes.bound(length);
    int i = 0;
    for (; i < bound; i += COUNT) {
      best = best.max(FloatVector.fromArray(FLOATS, x, from + i));
    }
    float maximum = best.reduceLanes(VectorOperators.MAX);
    for (; i < length; i++) {
      maximum = Math.max(maximum, x[from + i]);
    }
    return maximum;
  }

  /**
   * Reduces {@code rows} rows of {@code stride} elements, {@code length} columns of them, into
   * {@code out}.
   */
  public static void columns(
      Reduction reduction,
      float[] x,
      int from,
      int stride,
      int rows,
      float[] out,
      int to,
      int length) {
    int blockRows = RunningSum.block(ROW_BLOCK, rows);
    for (int j = 0; j < length; j += COUNT) {
      VectorMask<Float> mask = FLOATS.indexInRange(j, length);
      FloatVector result =
          FloatVector.broadcast(
              FLOATS, reduction == Reduction.MAXIMUM ? Float.NEGATIVE_INFINITY : 0f);
      for (int block = 0; block < rows; block += blockRows) {
        int end = Math.min(rows, block + blockRows);
        FloatVector sum = FloatVector.zero(FLOATS);
        for (int i = block; i < end; i++) {
          FloatVector value = FloatVector.fromArray(FLOATS, x, from + i * stride + j, mask);
          switch (reduction) {
            case SUM -> sum = sum.add(value);
            case SUM_OF_SQUARES -> sum = value.fma(value, sum);
            case MAXIMUM -> result = result.max(value);
          }
        }
        if (reduction != Reduction.MAXIMUM) {
          result = result.add(sum);
        }
      }
      result.intoArray(out, to + j, mask);
    }
  }

  /** {@code out = sum over rows of |x|}, of each column: zero where all of them are. */
  public static void absoluteSums(float[] x, int from, int rows, int length, float[] out) {
    Arrays.fill(out, 0, length, 0f);
    for (int row = 0; row < rows; row++) {
      for (int i = 0; i < length; i++) {
        out[i] += Math.abs(x[from + row * length + i]);
      }
    }
  }

  /** {@code sum of x}, in double precision. */
  public static double preciseSum(float[] x, int from, int length) {
    DoubleVector sums = DoubleVector.zero(DOUBLES);
    int bound = length & -HALF_COUNT;
    int i = 0;
    for (; i < bound; i += HALF_COUNT) {
      FloatVector value = FloatVector.fromArray(HALF_FLOATS, x, from + i);
      sums = sums.add((DoubleVector) value.convertShape(VectorOperators.F2D, DOUBLES, 0));
    }
    double sum = LaneSums.of(sums);
    for (; i < length; i++) {
      sum += x[from + i];
    }
    return sum;
  }

  /** {@code sum of x * y}, in double precision. */
  public static double preciseDot(float[] x, int xFrom, float[] y, int yFrom, int length) {
    DoubleVector sums = DoubleVector.zero(DOUBLES);
    int bound = length & -HALF_COUNT;
    int i = 0;
    for (; i < bound; i += HALF_COUNT) {
      DoubleVector left =
          (DoubleVector)
              FloatVector.fromArray(HALF_FLOATS, x, xFrom + i)
                  .convertShape(VectorOperators.F2D, DOUBLES, 0);
      DoubleVector right =
          (DoubleVector)
              FloatVector.fromArray(HALF_FLOATS, y, yFrom + i)
                  .convertShape(VectorOperators.F2D, DOUBLES, 0);
      sums = left.fma(right, sums);
    }
    double sum = LaneSums.of(sums);
    for (; i < length; i++) {
      sum += (double) x[xFrom + i] * y[yFrom + i];
    }
    return sum;
  }
}
