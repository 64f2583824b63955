package dev.wta.backend.cpu.tile;

import static dev.wta.backend.cpu.vector.Lanes.COUNT;
import static dev.wta.backend.cpu.vector.Lanes.FLOATS;

import jdk.incubator.vector.FloatVector;

/** A {@link GemmTile} of $rows rows by $vectors vectors, $steps terms at a time. */
final class GemmTile$shape extends GemmTile {
  GemmTile$shape() {
    super($rows, $vectors);
  }

  @Override
  public void multiply(
      float[] a,
      int start,
      int stride,
      int present,
      float[] panel,
      int panelStart,
      int depth,
      float[] out,
      int outStart,
      int outStride) {
    int a0 = start;
    for (int $r = 1; $r < $rows; $r++) {
      int a$r = start + Math.min($r, present - 1) * stride;
    }
    for (int $r = 0; $r < $rows; $r++) {
      for (int $v = 0; $v < $vectors; $v++) {
        FloatVector s$r$v = FloatVector.zero(FLOATS);
      }
    }
    int whole = depth - depth % $steps;
    for (int p = 0; p < whole; p += $steps) {
      int at = panelStart + p * ($vectors * COUNT);
      for (int $s = 0; $s < $steps; $s++) {
        for (int $v = 0; $v < $vectors; $v++) {
          FloatVector b$s$v =
              FloatVector.fromArray(FLOATS, panel, at + ($s * $vectors + $v) * COUNT);
        }
        for (int $r = 0; $r < $rows; $r++) {
          FloatVector x$s$r = FloatVector.broadcast(FLOATS, a[a$r + p + $s]);
          for (int $v = 0; $v < $vectors; $v++) {
            s$r$v = x$s$r.fma(b$s$v, s$r$v);
          }
        }
      }
    }
    for (int $s = 1; $s < $steps; $s++) {
      if (whole + $s <= depth) {
        int p = whole + $s - 1;
        int at = panelStart + p * ($vectors * COUNT);
        for (int $v = 0; $v < $vectors; $v++) {
          FloatVector b$v = FloatVector.fromArray(FLOATS, panel, at + $v * COUNT);
        }
        for (int $r = 0; $r < $rows; $r++) {
          FloatVector x$r = FloatVector.broadcast(FLOATS, a[a$r + p]);
          for (int $v = 0; $v < $vectors; $v++) {
            s$r$v = x$r.fma(b$v, s$r$v);
          }
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
