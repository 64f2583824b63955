package dev.wta.backend.cpu.tile;

/**
 * The register tile of a convolution: some maps by some vectors of positions. Each tap broadcasts
 * its weight of each map and multiplies it into the pixels that the tap sees from consecutive
 * positions, which are consecutive, too.
 */
public abstract class MapTile extends RegisterTile {
  MapTile(int registers, int maps, int vectors) {
    super(registers, maps, vectors);
  }

  /** The widest tile that fits into the registers. */
  public static MapTile widest() {
    return widest(MapTiles.ALL, tile -> true);
  }

  /** The tile of as many maps and one vector of positions. */
  public MapTile narrow() {
    return widest(MapTiles.ALL, tile -> tile.rows == rows && tile.vectors == 1);
  }

  /**
   * {@code out[r, q] = start[r] + sum over t of filters[t, r] * planes[plane + offsets[t] + q]} for
   * the tile's maps {@code r} and positions {@code q}.
   *
   * @param start {@code (maps)}: what each map's sums start from
   * @param filters {@code (taps, maps)} from {@code filter}
   * @param offsets each tap's distance from the position; those of this sum begin at {@code tap}
   * @param stride from one map to the next in {@code out}
   */
  public abstract void convolve(
      float[] start,
      float[] filters,
      int filter,
      float[] planes,
      int plane,
      int[] offsets,
      int tap,
      int taps,
      float[] out,
      int to,
      int stride);
}
