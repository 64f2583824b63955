package dev.wta.backend.cpu;

/** Transposes matrices in blocks, so that both sides stay in the first cache. */
final class Transposition {
  private static final int BLOCK = 16;

  private Transposition() {}

  /**
   * {@code out[j, i] = x[i, j]} for {@code x (rows, columns)}; strides run from one row to the
   * next.
   */
  static void run(
      float[] x,
      int xStart,
      int xStride,
      int rows,
      int columns,
      float[] out,
      int outStart,
      int outStride) {
    for (int j0 = 0; j0 < columns; j0 += BLOCK) {
      int j1 = Math.min(columns, j0 + BLOCK);
      for (int i0 = 0; i0 < rows; i0 += BLOCK) {
        int i1 = Math.min(rows, i0 + BLOCK);
        for (int i = i0; i < i1; i++) {
          int from = xStart + i * xStride;
          int to = outStart + i;
          for (int j = j0; j < j1; j++) {
            out[to + j * outStride] = x[from + j];
          }
        }
      }
    }
  }
}
