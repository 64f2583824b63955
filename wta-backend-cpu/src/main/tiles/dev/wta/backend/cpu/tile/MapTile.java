package dev.wta.backend.cpu.tile;

import static dev.wta.backend.cpu.vector.Lanes.COUNT;
import static dev.wta.backend.cpu.vector.Lanes.FLOATS;

import jdk.incubator.vector.FloatVector;

/** A {@link MapTile} of $rows maps by $vectors vectors of positions. */
final class MapTile$shape extends MapTile {
  MapTile$shape() {
    super($registers, $rows, $vectors);
  }

  @Override
  public void convolve(
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
      int stride) {
    for (int $r = 0; $r < $rows; $r++) {
      for (int $v = 0; $v < $vectors; $v++) {
        FloatVector s$r$v = FloatVector.broadcast(FLOATS, start[$r]);
      }
    }
    for (int t = 0; t < taps; t++) {
      int at = plane + offsets[tap + t];
      int weights = filter + t * $rows;
      for (int $v = 0; $v < $vectors; $v++) {
        FloatVector pixels$v = FloatVector.fromArray(FLOATS, planes, at + $v * COUNT);
      }
      for (int $r = 0; $r < $rows; $r++) {
        FloatVector w$r = FloatVector.broadcast(FLOATS, filters[weights + $r]);
        for (int $v = 0; $v < $vectors; $v++) {
          s$r$v = w$r.fma(pixels$v, s$r$v);
        }
      }
    }
    for (int $r = 0; $r < $rows; $r++) {
      for (int $v = 0; $v < $vectors; $v++) {
        s$r$v.intoArray(out, to + $r * stride + $v * COUNT);
      }
    }
  }
}
