package dev.wta.backend.cpu.tile;

import static dev.wta.backend.cpu.vector.Lanes.COUNT;
import static dev.wta.backend.cpu.vector.Lanes.FLOATS;

import jdk.incubator.vector.FloatVector;

/** A {@link DotTile} of $rows rows by $vectors columns. */
final class DotTile$shape extends DotTile {
  DotTile$shape() {
    super($registers, $rows, $vectors);
  }

  @Override
  public void multiply(
      float[] x,
      int[] rowStarts,
      int xStep,
      float[] y,
      int[] columnStarts,
      int yStep,
      int runs,
      int length,
      float[] lanes) {
    for (int $r = 0; $r < $rows; $r++) {
      int x$r = rowStarts[$r];
    }
    for (int $v = 0; $v < $vectors; $v++) {
      int y$v = columnStarts[$v];
    }
    for (int $r = 0; $r < $rows; $r++) {
      for (int $v = 0; $v < $vectors; $v++) {
        FloatVector s$r$v = FloatVector.zero(FLOATS);
      }
    }
    for (int n = 0; n < runs; n++) {
      for (int q = 0; q < length; q += COUNT) {
        int xAt = n * xStep + q;
        int yAt = n * yStep + q;
        for (int $v = 0; $v < $vectors; $v++) {
          FloatVector column$v = FloatVector.fromArray(FLOATS, y, y$v + yAt);
        }
        for (int $r = 0; $r < $rows; $r++) {
          FloatVector row$r = FloatVector.fromArray(FLOATS, x, x$r + xAt);
          for (int $v = 0; $v < $vectors; $v++) {
            s$r$v = column$v.fma(row$r, s$r$v);
          }
        }
      }
    }
    for (int $r = 0; $r < $rows; $r++) {
      for (int $v = 0; $v < $vectors; $v++) {
        s$r$v.intoArray(lanes, ($r * $vectors + $v) * COUNT);
      }
    }
  }
}
