package dev.wta.backend.cpu.conv;

import static dev.wta.backend.cpu.vector.Lanes.COUNT;
import static dev.wta.backend.cpu.vector.Lanes.FLOATS;

import dev.wta.api.op.Pool;
import dev.wta.backend.cpu.vector.Lanes;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * Max-pooling of one channel's plane, a row of windows at a time: first down the columns, a vector
 * of columns at once, then along each window's columns.
 */
public final class MaxPoolKernels {
  private final Pool pool;
  private final int height;
  private final int width;

  public MaxPoolKernels(Pool pool, int height, int width) {
    this.pool = pool;
    this.height = height;
    this.width = width;
  }

  /** The floats that {@link #run} needs for its columns. */
  public int scratchSize() {
    return 2 * Lanes.padded(width);
  }

  /**
   * Pools the image at {@code from}; {@code maxima} and {@code argmax} are written at {@code to}.
   */
  public void run(
      float[] image,
      int from,
      float[] maxima,
      int to,
      float[] argmax,
      int argmaxTo,
      float[] columns) {
    int outputs = pool.outputExtent(width);
    int rows = Lanes.padded(width);
    for (int y = 0; y < pool.outputExtent(height); y++) {
      int top = y * pool.stride();
      columns(image, from, top, Math.min(height, top + pool.size()), columns, rows);
      for (int x = 0; x < outputs; x++) {
        int left = x * pool.stride();
        int best = best(columns, rows, left, Math.min(width, left + pool.size()));
        maxima[to + y * outputs + x] = columns[best];
        argmax[argmaxTo + y * outputs + x] = columns[rows + best] * width + best;
      }
    }
  }

  /**
   * Leaves each column's maximum over some rows, and in which row it stands: the first of equals.
   */
  private void columns(float[] image, int from, int top, int bottom, float[] columns, int rows) {
    for (int x = 0; x < width; x += COUNT) {
      VectorMask<Float> mask = FLOATS.indexInRange(x, width);
      FloatVector most = FloatVector.fromArray(FLOATS, image, from + top * width + x, mask);
      FloatVector row = FloatVector.broadcast(FLOATS, top);
      for (int y = top + 1; y < bottom; y++) {
        FloatVector value = FloatVector.fromArray(FLOATS, image, from + y * width + x, mask);
        VectorMask<Float> firstNaN =
            value.compare(VectorOperators.NE, value).and(most.compare(VectorOperators.EQ, most));
        VectorMask<Float> better = value.compare(VectorOperators.GT, most).or(firstNaN);
        most = most.blend(value, better);
        row = row.blend((float) y, better);
      }
      most.intoArray(columns, x);
      row.intoArray(columns, rows + x);
    }
  }

  /** The column of the window's maximum: the first NaN if there is one, else the first largest. */
  private static int best(float[] columns, int rows, int left, int right) {
    int best = left;
    for (int x = left + 1; x < right; x++) {
      float value = columns[x];
      float most = columns[best];
      boolean above = columns[rows + x] < columns[rows + best];
      if (Float.isNaN(value)
          ? !Float.isNaN(most) || above
          : value > most || (value == most && above)) {
        best = x;
      }
    }
    return best;
  }
}
