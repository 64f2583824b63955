package dev.wta.data.preprocessing;

/**
 * The sum of {@code x x'} over many vectors {@code x}, in double precision: a covariance, or a
 * matrix from its eigenvectors. Each element is summed in the vectors' order, so the number of
 * threads does not show in it.
 */
final class SymmetricSums {
  private static final int TILE = 4;
  private static final int ROWS_AT_ONCE = 16;
  private static final int COLUMNS_AT_ONCE = 512; // with 64 vectors 256 KiB, which stay in a cache
  private static final int VECTORS_AT_ONCE = 64;

  private final int size;
  private final int padded;

  /** {@code sums[i][j]} for {@code j >= i}; what is below the diagonal has no meaning. */
  private final double[][] sums;

  SymmetricSums(int size) {
    this.size = size;
    this.padded = Math.ceilDiv(size, TILE) * TILE;
    this.sums = new double[padded][padded];
  }

  /** Room for vectors that {@link #add} takes: the padding stays zero. */
  double[][] newVectors(int count) {
    return new double[Math.ceilDiv(count, TILE) * TILE][padded];
  }

  /**
   * Adds vectors.
   *
   * @param vectors of {@link #newVectors}; rows of zeros add nothing
   */
  void add(double[][] vectors) {
    RowRanges.inParallel(padded, ROWS_AT_ONCE, (from, to) -> addToRows(vectors, from, to));
  }

  private void addToRows(double[][] vectors, int from, int to) {
    for (int left = from; left < padded; left += COLUMNS_AT_ONCE) {
      int right = Math.min(padded, left + COLUMNS_AT_ONCE);
      for (int first = 0; first < vectors.length; first += VECTORS_AT_ONCE) {
        int end = Math.min(vectors.length, first + VECTORS_AT_ONCE);
        for (int row = from; row < to; row++) {
          for (int at = first; at < end; at += TILE) {
            accumulate(vectors, at, row, sums[row], left, right);
          }
        }
      }
    }
  }

  /**
   * Adds {@code sum over k of vectors[at + k][row] vectors[at + k][j]}. One output at a time and
   * arrays of their own, all indexed alike: only then does the compiler vectorise the loop (three
   * times as fast as with a tile of four outputs).
   */
  private static void accumulate(
      double[][] vectors, int at, int row, double[] sum, int left, int right) {
    double[] x0 = vectors[at];
    double[] x1 = vectors[at + 1];
    double[] x2 = vectors[at + 2];
    double[] x3 = vectors[at + 3];
    double f0 = x0[row];
    double f1 = x1[row];
    double f2 = x2[row];
    double f3 = x3[row];
    for (int j = left; j < right; j++) {
      double two = Math.fma(f1, x1[j], Math.fma(f0, x0[j], sum[j]));
      sum[j] = Math.fma(f3, x3[j], Math.fma(f2, x2[j], two));
    }
  }

  /** The sums times {@code factor}, row-major, {@code (size, size)}. */
  double[] times(double factor) {
    double[] matrix = new double[Math.multiplyExact(size, size)];
    for (int i = 0; i < size; i++) {
      for (int j = i; j < size; j++) {
        matrix[i * size + j] = factor * sums[i][j];
        matrix[j * size + i] = matrix[i * size + j];
      }
    }
    return matrix;
  }
}
