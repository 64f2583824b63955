package dev.wta.data.preprocessing;

/**
 * Multiplies samples by a square matrix, {@code x W}, on all processors. Each output is summed in
 * the order of the inputs, so neither the number of threads nor how samples are cut into batches
 * shows in it.
 */
final class SquareProduct {
  private static final int TILE = 4;
  private static final int SAMPLES_AT_ONCE = 32;
  private static final int COLUMNS_AT_ONCE = 1024; // with 128 rows 512 KiB, which stay in a cache
  private static final int ROWS_AT_ONCE = 128;

  private final int size;
  private final int padded;

  /** The matrix by rows, with rows of zeros up to a whole number of tiles. */
  private final float[][] rows;

  /**
   * @param matrix row-major, {@code (size, size)}
   */
  SquareProduct(float[] matrix, int size) {
    this.size = size;
    this.padded = Math.ceilDiv(size, TILE) * TILE;
    this.rows = new float[padded][size];
    for (int row = 0; row < size; row++) {
      System.arraycopy(matrix, row * size, rows[row], 0, size);
    }
  }

  /**
   * Replaces samples by {@code (x - mean) W}.
   *
   * @param samples {@code (count, size)}
   */
  void apply(float[] samples, int count, float[] mean) {
    RowRanges.inParallel(
        count, SAMPLES_AT_ONCE, (from, to) -> applyToRange(samples, from, to, mean));
  }

  private void applyToRange(float[] samples, int from, int to, float[] mean) {
    float[][] x = new float[to - from][padded];
    float[][] y = new float[to - from][size];
    for (int i = 0; i < to - from; i++) {
      int start = (from + i) * size;
      for (int j = 0; j < size; j++) {
        x[i][j] = samples[start + j] - mean[j];
      }
    }
    for (int left = 0; left < size; left += COLUMNS_AT_ONCE) {
      int right = Math.min(size, left + COLUMNS_AT_ONCE);
      for (int top = 0; top < padded; top += ROWS_AT_ONCE) {
        int bottom = Math.min(padded, top + ROWS_AT_ONCE);
        for (int i = 0; i < to - from; i++) {
          for (int row = top; row < bottom; row += TILE) {
            accumulate(x[i], row, y[i], left, right);
          }
        }
      }
    }
    for (int i = 0; i < to - from; i++) {
      System.arraycopy(y[i], 0, samples, (from + i) * size, size);
    }
  }

  /**
   * Adds {@code sum over k of x[row + k] rows[row + k][j]}. One output at a time and arrays of
   * their own, all indexed alike: only then does the compiler vectorise the loop.
   */
  private void accumulate(float[] x, int row, float[] y, int left, int right) {
    float[] w0 = rows[row];
    float[] w1 = rows[row + 1];
    float[] w2 = rows[row + 2];
    float[] w3 = rows[row + 3];
    float x0 = x[row];
    float x1 = x[row + 1];
    float x2 = x[row + 2];
    float x3 = x[row + 3];
    for (int j = left; j < right; j++) {
      float two = Math.fma(x1, w1[j], Math.fma(x0, w0[j], y[j]));
      y[j] = Math.fma(x3, w3[j], Math.fma(x2, w2[j], two));
    }
  }
}
