package dev.wta.backend.cpu.tile;

import static dev.wta.backend.cpu.vector.Lanes.COUNT;
import static dev.wta.backend.cpu.vector.Lanes.FLOATS;

import jdk.incubator.vector.FloatVector;

/** A {@link GemmTile} of $rows rows by $vectors vectors. */
final class GemmTile$shape extends GemmTile {
  GemmTile$shape() {
    super($registers, $rows, $vectors);
  }

  @Override
  void multiply(
      float[] a,
      int start,
      float[] panel,
      int panelStart,
      int depth,
      float[] out,
      int outStart,
      int outStride) {
    for (int $r = 0; $r < $rows; $r++) {
      for (int $v = 0; $v < $vectors; $v++) {
        FloatVector s$r$v = FloatVector.zero(FLOATS);
      }
    }
    for (int p = 0; p < depth; p++) {
      int at = panelStart + p * ($vectors * COUNT);
      for (int $v = 0; $v < $vectors; $v++) {
        FloatVector b$v = FloatVector.fromArray(FLOATS, panel, at + $v * COUNT);
      }
      for (int $r = 0; $r < $rows; $r++) {
        FloatVector x$r = FloatVector.broadcast(FLOATS, a[start + p + $r * DEPTH]);
        for (int $v = 0; $v < $vectors; $v++) {
          s$r$v = x$r.fma(b$v, s$r$v);
        }
      }
    }
    int to = outStart;
    for (int $r = 0; $r < $rows; $r++) {
      for (int $v = 0; $v < $vectors; $v++) {
        FloatVector.fromArray(FLOATS, out, to + $v * COUNT)
            .add(s$r$v)
            .intoArray(out, to + $v * COUNT);
      }
      to += outStride;
    }
  }
}
