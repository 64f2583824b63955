package dev.wta.data.preprocessing;

/**
 * Products of matrices in double precision, on all processors. Each element is summed in the order
 * of the inner dimension, so neither the number of threads nor how the work is cut shows in it.
 */
final class MatrixProduct {
  private static final int ROWS = 32;
  private static final int COLUMNS = 512; // with 64 terms 256 KiB, which stay in a cache
  private static final int TERMS = 64;

  private MatrixProduct() {}

  /**
   * {@code c += a b}.
   *
   * @param a {@code (rows, terms)}
   * @param b {@code (terms, columns)}
   * @param c {@code (rows, columns)}
   */
  static void add(double[][] a, double[][] b, double[][] c) {
    RowRanges.inParallel(c.length, ROWS, (from, to) -> addRows(a, b, c, from, to));
  }

  private static void addRows(double[][] a, double[][] b, double[][] c, int from, int to) {
    int columns = b.length == 0 ? 0 : b[0].length;
    for (int left = 0; left < columns; left += COLUMNS) {
      int right = Math.min(columns, left + COLUMNS);
      for (int first = 0; first < b.length; first += TERMS) {
        int end = Math.min(b.length, first + TERMS);
        for (int row = from; row < to; row++) {
          int k = first;
          for (; k + 4 <= end; k += 4) {
            addFour(a[row], b, k, c[row], left, right);
          }
          for (; k < end; k++) {
            addOne(a[row][k], b[k], c[row], left, right);
          }
        }
      }
    }
  }

  /**
   * Adds four terms. One output at a time and arrays of their own, all indexed alike: only then
   * does the compiler vectorise the loop (three times as fast as with a tile of four outputs).
   */
  private static void addFour(double[] a, double[][] b, int k, double[] c, int left, int right) {
    double[] b0 = b[k];
    double[] b1 = b[k + 1];
    double[] b2 = b[k + 2];
    double[] b3 = b[k + 3];
    double a0 = a[k];
    double a1 = a[k + 1];
    double a2 = a[k + 2];
    double a3 = a[k + 3];
    for (int j = left; j < right; j++) {
      double two = Math.fma(a1, b1[j], Math.fma(a0, b0[j], c[j]));
      c[j] = Math.fma(a3, b3[j], Math.fma(a2, b2[j], two));
    }
  }

  private static void addOne(double a, double[] b, double[] c, int left, int right) {
    for (int j = left; j < right; j++) {
      c[j] = Math.fma(a, b[j], c[j]);
    }
  }
}
