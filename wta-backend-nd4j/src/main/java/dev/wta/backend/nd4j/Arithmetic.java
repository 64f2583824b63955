package dev.wta.backend.nd4j;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Arithmetic in place that keeps NaN. ND4J replaces a number that is NaN by 1e-5, and its
 * operations on row and column vectors take a vector of one element for a number; operations on two
 * arrays do neither.
 */
final class Arithmetic {
  private Arithmetic() {}

  /** {@code matrix[i, j] += row[j]}. */
  static INDArray addRow(INDArray matrix, INDArray row) {
    return matrix.addi(row.reshape('c', 1, row.length()));
  }

  /** {@code matrix[i, j] -= column[i]}. */
  static INDArray subtractColumn(INDArray matrix, INDArray column) {
    return matrix.subi(column.reshape('c', column.length(), 1));
  }

  /** {@code matrix[i, j] *= column[i]}. */
  static INDArray multiplyColumn(INDArray matrix, INDArray column) {
    return matrix.muli(column.reshape('c', column.length(), 1));
  }

  /** {@code matrix[i, j] /= column[i]}. */
  static INDArray divideColumn(INDArray matrix, INDArray column) {
    return matrix.divi(column.reshape('c', column.length(), 1));
  }

  /** {@code array *= number}. */
  static INDArray scale(INDArray array, double number) {
    return Double.isNaN(number) ? array.assign(Double.NaN) : array.muli(number);
  }

  /** {@code array += number}. */
  static INDArray shift(INDArray array, double number) {
    return Double.isNaN(number) ? array.assign(Double.NaN) : array.addi(number);
  }
}
