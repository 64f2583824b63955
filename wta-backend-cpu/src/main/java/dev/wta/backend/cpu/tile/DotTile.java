package dev.wta.backend.cpu.tile;

/**
 * The register tile of inner products: some rows by some columns, along which the lanes run. Each
 * step multiplies a vector of each row into a vector of each column.
 */
public abstract class DotTile extends RegisterTile {
  DotTile(int registers, int rows, int columns) {
    super(registers, rows, columns);
  }

  /** The widest tile that fits into the registers. */
  public static DotTile widest() {
    return widest(DotTiles.ALL, tile -> true);
  }

  /**
   * {@code lanes[r, c]} is a vector whose lanes sum to the sum over runs {@code n} and elements
   * {@code q} of {@code x[rowStarts[r] + n * xStep + q] * y[columnStarts[c] + n * yStep + q]}.
   *
   * @param length of a run, whole vectors
   * @param lanes {@code (rows, columns, lanes)}
   */
  public abstract void multiply(
      float[] x,
      int[] rowStarts,
      int xStep,
      float[] y,
      int[] columnStarts,
      int yStep,
      int runs,
      int length,
      float[] lanes);
}
