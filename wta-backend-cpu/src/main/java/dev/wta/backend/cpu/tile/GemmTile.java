package dev.wta.backend.cpu.tile;

/**
 * The register tile of a product. Each step broadcasts one element of each row of the left operand,
 * which is read where it stands, and multiplies it into the vectors of a packed panel.
 */
public abstract class GemmTile extends RegisterTile {
  GemmTile(int rows, int vectors) {
    super(rows, vectors);
  }

  /** The largest tile that fits into the registers. */
  public static GemmTile largest() {
    return largest(GemmTiles.ALL, tile -> true);
  }

  /** The largest tile for panels of that many vectors. */
  public static GemmTile of(int vectors) {
    return largest(GemmTiles.ALL, tile -> tile.vectors == vectors);
  }

  /**
   * {@code out[r, j] += sum over p of a[start + r * stride + p] * panel[p, j]} for the tile's rows
   * and columns.
   *
   * @param present how many of the tile's rows there are, at least 1; beyond them the last one is
   *     repeated, so that the edge of a matrix needs no kernel of its own
   * @param panel {@code (depth, columns)} from {@code panelStart}
   * @param out {@code (rows, columns)} from {@code outStart}, rows {@code outStride} apart, with
   *     room for all of the tile's rows; what is added beyond those present has no meaning
   */
  abstract void multiply(
      float[] a,
      int start,
      int stride,
      int present,
      float[] panel,
      int panelStart,
      int depth,
      float[] out,
      int outStart,
      int outStride);

  /** {@link #multiply} for any number of rows, tile by tile. */
  public final void multiplyRows(
      float[] a,
      int start,
      int stride,
      int count,
      float[] panel,
      int panelStart,
      int depth,
      float[] out,
      int outStart,
      int outStride) {
    for (int i = 0; i < count; i += rows) {
      int from = start + i * stride;
      int to = outStart + i * outStride;
      multiply(a, from, stride, count - i, panel, panelStart, depth, out, to, outStride);
    }
  }
}
