package dev.wta.backend.cpu.tile;

import dev.wta.backend.cpu.vector.Lanes;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Runs every tile that fits into the registers until C2 has compiled it. */
final class RunTiles {
  /** Rounds that a JVM needs for that, with room to spare. */
  private static final int ROUNDS = 20_000;

  private static final int LENGTH = GemmTile.DEPTH;

  private RunTiles() {}

  static Stream<RegisterTile> all() {
    return Stream.of(GemmTiles.ALL, MapTiles.ALL, DotTiles.ALL).flatMap(List::stream);
  }

  public static void main(String[] args) {
    float[] x = new float[1 << 16];
    float[] y = new float[1 << 16];
    float[] out = new float[1 << 12];
    int[] offsets = IntStream.range(0, LENGTH).toArray();
    all()
        .filter(RegisterTile::fits)
        .forEach(
            tile -> {
              for (int round = 0; round < ROUNDS; round++) {
                switch (tile) {
                  case GemmTile gemm -> gemm.multiply(x, 0, y, 0, LENGTH, out, 0, 64);
                  case MapTile map -> map.convolve(x, x, 0, y, 0, offsets, 0, LENGTH, out, 0, 64);
                  case DotTile dot ->
                      dot.multiply(
                          x, offsets, 0, y, offsets, 0, 1, LENGTH / Lanes.COUNT * Lanes.COUNT, out);
                  default -> throw new AssertionError(tile);
                }
              }
            });
  }
}
