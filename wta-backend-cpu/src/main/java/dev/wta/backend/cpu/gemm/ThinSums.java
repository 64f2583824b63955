package dev.wta.backend.cpu.gemm;

import static dev.wta.backend.cpu.vector.Lanes.COUNT;
import static dev.wta.backend.cpu.vector.Lanes.FLOATS;

import dev.wta.backend.cpu.exec.Scratch;
import dev.wta.backend.cpu.vector.Lanes;
import dev.wta.backend.cpu.vector.LinearKernels;
import dev.wta.backend.cpu.vector.RunningSum;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/**
 * A few weighted sums of a wide matrix's rows. Eight rows are read side by side, where they stand
 * and from their beginning to their end, as memory delivers them best; what is loaded of them goes
 * into every sum, and the sums stay in a near cache.
 */
final class ThinSums {
  /** Rows whose float32 sum is exact enough, if there are few; see {@link RunningSum}. */
  private static final int BLOCK = 128;

  /** The rows that share a pass. */
  static final int ROWS = 8;

  private ThinSums() {}

  /** {@link #add} of any number of rows: the sums of blocks, added up. */
  static void addMany(
      float[] x,
      int at,
      int stride,
      int rows,
      int columns,
      float[] weights,
      int from,
      int sums,
      float[] out,
      int to,
      Scratch scratch) {
    int block = RunningSum.block(BLOCK, rows) & -ROWS;
    int first = Math.min(block, rows);
    add(x, at, stride, first, columns, weights, from, sums, out, to);
    float[] further = first < rows ? scratch.floats(Scratch.Use.BLOCK, (long) sums * columns) : out;
    for (int i = first; i < rows; i += block) {
      Arrays.fill(further, 0, sums * columns, 0f);
      int next = at + i * stride;
      int length = Math.min(block, rows - i);
      add(x, next, stride, length, columns, weights, from + i * sums, sums, further, 0);
      LinearKernels.axpy(1, further, 0, out, to, sums * columns);
    }
  }

  /**
   * {@code out[c, j] += sum over i of weights[i, c] * x[i, j]}.
   *
   * @param x {@code (rows, columns)} from {@code at}, {@code stride} from one row to the next
   * @param weights {@code (rows, sums)} from {@code from}
   * @param out {@code (sums, columns)} from {@code to}
   */
  static void add(
      float[] x,
      int at,
      int stride,
      int rows,
      int columns,
      float[] weights,
      int from,
      int sums,
      float[] out,
      int to) {
    int i = 0;
    for (; i + ROWS <= rows; i += ROWS) {
      eight(x, at + i * stride, stride, columns, weights, from + i * sums, sums, out, to);
    }
    for (; i < rows; i++) {
      for (int c = 0; c < sums; c++) {
        float weight = weights[from + i * sums + c];
        LinearKernels.axpy(weight, x, at + i * stride, out, to + c * columns, columns);
      }
    }
  }

  /** The same for {@link #ROWS} rows of {@code length} columns. */
  static void eight(
      float[] x,
      int at,
      int stride,
      int length,
      float[] weights,
      int from,
      int sums,
      float[] out,
      int to) {
    int r1 = at + stride;
    int r2 = r1 + stride;
    int r3 = r2 + stride;
    int r4 = r3 + stride;
    int r5 = r4 + stride;
    int r6 = r5 + stride;
    int r7 = r6 + stride;
    int bound = Lanes.bound(length);
    for (int j = 0; j < bound; j += COUNT) {
      FloatVector x0 = FloatVector.fromArray(FLOATS, x, at + j);
      FloatVector x1 = FloatVector.fromArray(FLOATS, x, r1 + j);
      FloatVector x2 = FloatVector.fromArray(FLOATS, x, r2 + j);
      FloatVector x3 = FloatVector.fromArray(FLOATS, x, r3 + j);
      FloatVector x4 = FloatVector.fromArray(FLOATS, x, r4 + j);
      FloatVector x5 = FloatVector.fromArray(FLOATS, x, r5 + j);
      FloatVector x6 = FloatVector.fromArray(FLOATS, x, r6 + j);
      FloatVector x7 = FloatVector.fromArray(FLOATS, x, r7 + j);
      for (int c = 0; c < sums; c++) {
        int weight = from + c;
        int target = to + c * length + j;
        FloatVector sum = FloatVector.fromArray(FLOATS, out, target);
        sum = x0.fma(FloatVector.broadcast(FLOATS, weights[weight]), sum);
        sum = x1.fma(FloatVector.broadcast(FLOATS, weights[weight + sums]), sum);
        sum = x2.fma(FloatVector.broadcast(FLOATS, weights[weight + 2 * sums]), sum);
        sum = x3.fma(FloatVector.broadcast(FLOATS, weights[weight + 3 * sums]), sum);
        sum = x4.fma(FloatVector.broadcast(FLOATS, weights[weight + 4 * sums]), sum);
        sum = x5.fma(FloatVector.broadcast(FLOATS, weights[weight + 5 * sums]), sum);
        sum = x6.fma(FloatVector.broadcast(FLOATS, weights[weight + 6 * sums]), sum);
        sum = x7.fma(FloatVector.broadcast(FLOATS, weights[weight + 7 * sums]), sum);
        sum.intoArray(out, target);
      }
    }
    if (bound < length) {
      for (int r = 0; r < ROWS; r++) {
        for (int c = 0; c < sums; c++) {
          float weight = weights[from + r * sums + c];
          for (int j = bound; j < length; j++) {
            int target = to + c * length + j;
            out[target] = Math.fma(weight, x[at + r * stride + j], out[target]);
          }
        }
      }
    }
  }
}
