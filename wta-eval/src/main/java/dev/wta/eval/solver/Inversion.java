package dev.wta.eval.solver;

import dev.wta.api.backend.Backend;
import dev.wta.api.op.Dense.Binary;
import dev.wta.api.op.Epilogue;
import dev.wta.api.op.Memory;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import java.util.Arrays;

/**
 * Inverts symmetric positive definite matrices on a backend, in place: Gauss and Jordan's
 * elimination by blocks. With a pivot block's columns and rows taken out of the matrix and set to 0
 * there, {@code A -= C P^-1 R} is all that a block's elimination takes: {@code P} is the pivot
 * block, {@code C} its columns and {@code R} its rows, with minus and plus the identity in the
 * pivot block's place.
 */
final class Inversion {
  private static final int BLOCK = 128;

  private Inversion() {}

  /**
   * @param matrix {@code (n, n)}, becomes its inverse; condition numbers of 1e5 leave two digits
   */
  static void run(Backend backend, Tensor matrix) {
    int n = matrix.shape().rows();
    int most = Math.min(BLOCK, n);
    Memory memory = backend.memory();
    try (Tensor columns = memory.allocate(Shape.of(most, n));
        Tensor rows = memory.allocate(Shape.of(most, n));
        Tensor others = memory.allocate(Shape.of(n));
        Tensor pivot = memory.allocate(Shape.of(most * most));
        Tensor solved = memory.allocate(Shape.of(most, n))) {
      float[] left = new float[most * n];
      float[] right = new float[most * n];
      float[] other = new float[n];
      for (int k = 0; k < n; k += most) {
        int count = Math.min(most, n - k);
        memory.download(matrix.rows(k, count), right, 0);
        float[] inverse = inverse(right, k, count, n);
        for (int r = 0; r < count; r++) {
          for (int j = 0; j < n; j++) {
            // The columns are the rows again, but for the sign where a block was eliminated.
            left[r * n + j] = j < k ? -right[r * n + j] : right[r * n + j];
          }
          Arrays.fill(left, r * n + k, r * n + k + count, 0);
          Arrays.fill(right, r * n + k, r * n + k + count, 0);
          left[r * n + k + r] = -1;
          right[r * n + k + r] = 1;
        }
        Arrays.fill(other, 1);
        Arrays.fill(other, k, k + count, 0);
        memory.upload(other, 0, others);
        backend.dense().zipRow(Binary.MULTIPLY, matrix, others, matrix);
        memory.fill(matrix.rows(k, count), 0);
        Tensor pivots = pivot.rows(0, count * count).reshape(Shape.of(count, count));
        memory.upload(inverse, 0, pivots);
        memory.upload(left, 0, columns.rows(0, count));
        memory.upload(right, 0, rows.rows(0, count));
        Tensor product = solved.rows(0, count);
        backend
            .dense()
            .gemm(pivots, false, rows.rows(0, count), false, 1, 0, Epilogue.NONE, product);
        backend
            .dense()
            .gemm(columns.rows(0, count), true, product, false, -1, 1, Epilogue.NONE, matrix);
      }
    }
  }

  /** The inverse of the pivot block, in double precision. */
  private static float[] inverse(float[] rows, int first, int count, int stride) {
    double[] a = new double[count * count];
    for (int i = 0; i < count; i++) {
      for (int j = 0; j < count; j++) {
        a[i * count + j] = rows[i * stride + first + j];
      }
    }
    for (int k = 0; k < count; k++) {
      double reciprocal = 1 / a[k * count + k];
      for (int i = 0; i < count; i++) {
        double factor = a[i * count + k] * reciprocal;
        if (i != k) {
          for (int j = 0; j < count; j++) {
            a[i * count + j] -= factor * a[k * count + j];
          }
          a[i * count + k] = -factor;
        }
      }
      for (int j = 0; j < count; j++) {
        a[k * count + j] *= reciprocal;
      }
      a[k * count + k] = reciprocal;
    }
    float[] inverse = new float[count * count];
    for (int at = 0; at < inverse.length; at++) {
      inverse[at] = (float) a[at];
    }
    return inverse;
  }
}
