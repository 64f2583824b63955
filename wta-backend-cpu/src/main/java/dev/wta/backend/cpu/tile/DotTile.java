package dev.wta.backend.cpu.tile;

/**
 * The register tile of inner products: some rows by some columns, along which the lanes run. Each
 * step multiplies a vector of each row into a vector of each column.
 */
public abstract class DotTile extends RegisterTile {
  DotTile(int rows, int columns) {
    super(rows, columns);
  }

  /** The largest tile that fits into the registers. */
  public static DotTile largest() {
    return largest(DotTiles.ALL, tile -> true);
  }

  /** The largest tile of that many rows. */
  public static DotTile ofRows(int rows) {
    return largest(DotTiles.ALL, tile -> tile.rows == rows);
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
