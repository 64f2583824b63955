package dev.wta.backend.cpu.tile;

import dev.wta.backend.cpu.conv.MapTile6;
import dev.wta.backend.cpu.conv.MapTile8;
import dev.wta.backend.cpu.vector.Lanes;

/** The register tile of a convolution that suits the vectors' width. */
public final class MapTile {
  private static final boolean TALL = Lanes.FLOATS.vectorBitSize() >= 512;

  /** The maps of a tile. */
  public static final int ROWS = TALL ? MapTile8.ROWS : MapTile6.ROWS;

  private static final int VECTORS = TALL ? MapTile8.VECTORS : MapTile6.VECTORS;

  private MapTile() {}

  /**
   * Runs the tile over {@code vectors} vectors of positions; see {@link MapTile8#wide} for the
   * parameters.
   */
  public static void run(
      int vectors,
      float[] start,
      float[] filters,
      int filter,
      float[] planes,
      int[] offsets,
      int tap,
      int taps,
      float[] out,
      int stride) {
    int v = 0;
    for (; v + VECTORS <= vectors; v += VECTORS) {
      int at = v * Lanes.COUNT;
      if (TALL) {
        MapTile8.wide(start, filters, filter, planes, at, offsets, tap, taps, out, at, stride);
      } else {
        MapTile6.wide(start, filters, filter, planes, at, offsets, tap, taps, out, at, stride);
      }
    }
    for (; v < vectors; v++) {
      int at = v * Lanes.COUNT;
      if (TALL) {
        MapTile8.narrow(start, filters, filter, planes, at, offsets, tap, taps, out, at, stride);
      } else {
        MapTile6.narrow(start, filters, filter, planes, at, offsets, tap, taps, out, at, stride);
      }
    }
  }
}
