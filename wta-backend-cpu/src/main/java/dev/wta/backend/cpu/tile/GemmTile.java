package dev.wta.backend.cpu.tile;

/**
 * The register tile of a product. Each step broadcasts one element of each row of the left operand
 * and multiplies it into the vectors of a packed panel. The left operand's rows are {@link #DEPTH}
 * apart: that is a constant, so one address serves all rows, and no instruction of the loop but the
 * last few computes addresses.
 */
public abstract class GemmTile extends RegisterTile {
  /**
   * From one row of the left operand to the next, and the most terms that a tile adds up in one go:
   * a float32 sum of so many is exact enough, and what a row of tiles reads again and again is in
   * L1 and L2.
   */
  public static final int DEPTH = 264;

  GemmTile(int registers, int rows, int vectors) {
    super(registers, rows, vectors);
  }

  /** The widest tile that fits into the registers. */
  public static GemmTile widest() {
    return widest(GemmTiles.ALL, tile -> true);
  }

  /** The tile for panels of that many vectors. */
  public static GemmTile of(int vectors) {
    return widest(GemmTiles.ALL, tile -> tile.vectors == vectors);
  }

  /**
   * {@code out[r, j] += sum over p of a[r, p] * panel[p, j]} for the tile's rows and columns, the
   * terms of a sum in their order.
   *
   * @param a {@code (rows, DEPTH)} from {@code start}, of which the first {@code depth} columns
   *     matter
   * @param panel {@code (depth, columns)} from {@code panelStart}
   * @param out {@code (rows, columns)} from {@code outStart}, rows {@code outStride} apart
   */
  abstract void multiply(
      float[] a,
      int start,
      float[] panel,
      int panelStart,
      int depth,
      float[] out,
      int outStart,
      int outStride);

  /**
   * {@link #multiply} for any number of rows, tile by tile. Both {@code a} and {@code out} have
   * room for whole tiles: rows beyond {@code count} are multiplied, too, whatever they hold, and
   * what is added for them has no meaning.
   */
  public final void multiplyRows(
      float[] a,
      int start,
      int count,
      float[] panel,
      int panelStart,
      int depth,
      float[] out,
      int outStart,
      int outStride) {
    for (int i = 0; i < count; i += rows) {
      int to = outStart + i * outStride;
      multiply(a, start + i * DEPTH, panel, panelStart, depth, out, to, outStride);
    }
  }
}
