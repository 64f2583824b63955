package dev.wta.backend.cpu.gemm;

import dev.wta.backend.cpu.memory.CpuTensor;

/**
 * What a dense product is given: {@code out = epilogue(alpha * a * b + beta * out)}.
 *
 * @param a {@code (m, k)}
 * @param b {@code (k, n)}
 * @param bias what is added to each column, {@code (n)}, or null for nothing
 * @param relu whether to rectify the result
 * @param out {@code (m, n)} from {@code outStart}
 */
@SuppressWarnings("ArrayRecordComponent")
public // arrays are lent, and nobody compares the records
record GemmArguments(
    Matrix a,
    Matrix b,
    float alpha,
    float beta,
    CpuTensor bias,
    boolean relu,
    float[] out,
    int outStart) {

  /** A matrix, row by row from {@code start}; if {@code transposed}, its transpose is stored so. */
  public record Matrix(float[] array, int start, int rows, int columns, boolean transposed) {
    /** A tensor of as many rows as its first extent, or its transpose. */
    public static Matrix of(CpuTensor tensor, boolean transposed) {
      return new Matrix(
          tensor.array(),
          tensor.offset(),
          transposed ? tensor.rowSize() : tensor.rowCount(),
          transposed ? tensor.rowCount() : tensor.rowSize(),
          transposed);
    }

    public Matrix transpose() {
      return new Matrix(array, start, columns, rows, !transposed);
    }
  }

  public float[] biases() {
    return bias == null ? null : bias.array();
  }

  public int biasStart() {
    return bias == null ? 0 : bias.offset();
  }
}
