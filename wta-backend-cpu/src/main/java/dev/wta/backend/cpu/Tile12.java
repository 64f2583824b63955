package dev.wta.backend.cpu;

import static dev.wta.backend.cpu.Lanes.COUNT;
import static dev.wta.backend.cpu.Lanes.FLOATS;

import jdk.incubator.vector.FloatVector;

/**
 * The register tile of 12 rows: 24 accumulators, for machines with 32 vector registers. Each step
 * broadcasts one element of each row of the left operand, which is read where it stands, and
 * multiplies it into one or two vectors of a packed panel.
 *
 * <p>The accumulators are locals and everything is spelt out: the compiler keeps them in registers
 * only so, and a vector that crosses a call which is not inlined is boxed. Rows beyond {@code rows}
 * repeat the last one, so that the edge of a matrix needs no kernel of its own; the caller ignores
 * their sums.
 */
final class Tile12 {
  static final int ROWS = 12;

  private Tile12() {}

  /**
   * {@code tile[r, j] = sum over p of a[base + r * stride + p] * panel[p, j]}.
   *
   * @param rows how many of the 12 rows there are, at least 1
   * @param panel {@code (depth, 2 * COUNT)} from {@code panelStart}
   * @param tile {@code (12, 2 * COUNT)}, overwritten
   */
  static void wide(
      float[] a,
      int base,
      int stride,
      int rows,
      float[] panel,
      int panelStart,
      int depth,
      float[] tile) {
    int a1 = base + Math.min(1, rows - 1) * stride;
    int a2 = base + Math.min(2, rows - 1) * stride;
    int a3 = base + Math.min(3, rows - 1) * stride;
    int a4 = base + Math.min(4, rows - 1) * stride;
    int a5 = base + Math.min(5, rows - 1) * stride;
    int a6 = base + Math.min(6, rows - 1) * stride;
    int a7 = base + Math.min(7, rows - 1) * stride;
    int a8 = base + Math.min(8, rows - 1) * stride;
    int a9 = base + Math.min(9, rows - 1) * stride;
    int a10 = base + Math.min(10, rows - 1) * stride;
    int a11 = base + Math.min(11, rows - 1) * stride;
    FloatVector s0a = FloatVector.zero(FLOATS);
    FloatVector s0b = FloatVector.zero(FLOATS);
    FloatVector s1a = FloatVector.zero(FLOATS);
    FloatVector s1b = FloatVector.zero(FLOATS);
    FloatVector s2a = FloatVector.zero(FLOATS);
    FloatVector s2b = FloatVector.zero(FLOATS);
    FloatVector s3a = FloatVector.zero(FLOATS);
    FloatVector s3b = FloatVector.zero(FLOATS);
    FloatVector s4a = FloatVector.zero(FLOATS);
    FloatVector s4b = FloatVector.zero(FLOATS);
    FloatVector s5a = FloatVector.zero(FLOATS);
    FloatVector s5b = FloatVector.zero(FLOATS);
    FloatVector s6a = FloatVector.zero(FLOATS);
    FloatVector s6b = FloatVector.zero(FLOATS);
    FloatVector s7a = FloatVector.zero(FLOATS);
    FloatVector s7b = FloatVector.zero(FLOATS);
    FloatVector s8a = FloatVector.zero(FLOATS);
    FloatVector s8b = FloatVector.zero(FLOATS);
    FloatVector s9a = FloatVector.zero(FLOATS);
    FloatVector s9b = FloatVector.zero(FLOATS);
    FloatVector s10a = FloatVector.zero(FLOATS);
    FloatVector s10b = FloatVector.zero(FLOATS);
    FloatVector s11a = FloatVector.zero(FLOATS);
    FloatVector s11b = FloatVector.zero(FLOATS);
    for (int p = 0; p < depth; p++) {
      int at = panelStart + p * (2 * COUNT);
      FloatVector left = FloatVector.fromArray(FLOATS, panel, at);
      FloatVector right = FloatVector.fromArray(FLOATS, panel, at + COUNT);
      FloatVector x0 = FloatVector.broadcast(FLOATS, a[base + p]);
      s0a = x0.fma(left, s0a);
      s0b = x0.fma(right, s0b);
      FloatVector x1 = FloatVector.broadcast(FLOATS, a[a1 + p]);
      s1a = x1.fma(left, s1a);
      s1b = x1.fma(right, s1b);
      FloatVector x2 = FloatVector.broadcast(FLOATS, a[a2 + p]);
      s2a = x2.fma(left, s2a);
      s2b = x2.fma(right, s2b);
      FloatVector x3 = FloatVector.broadcast(FLOATS, a[a3 + p]);
      s3a = x3.fma(left, s3a);
      s3b = x3.fma(right, s3b);
      FloatVector x4 = FloatVector.broadcast(FLOATS, a[a4 + p]);
      s4a = x4.fma(left, s4a);
      s4b = x4.fma(right, s4b);
      FloatVector x5 = FloatVector.broadcast(FLOATS, a[a5 + p]);
      s5a = x5.fma(left, s5a);
      s5b = x5.fma(right, s5b);
      FloatVector x6 = FloatVector.broadcast(FLOATS, a[a6 + p]);
      s6a = x6.fma(left, s6a);
      s6b = x6.fma(right, s6b);
      FloatVector x7 = FloatVector.broadcast(FLOATS, a[a7 + p]);
      s7a = x7.fma(left, s7a);
      s7b = x7.fma(right, s7b);
      FloatVector x8 = FloatVector.broadcast(FLOATS, a[a8 + p]);
      s8a = x8.fma(left, s8a);
      s8b = x8.fma(right, s8b);
      FloatVector x9 = FloatVector.broadcast(FLOATS, a[a9 + p]);
      s9a = x9.fma(left, s9a);
      s9b = x9.fma(right, s9b);
      FloatVector x10 = FloatVector.broadcast(FLOATS, a[a10 + p]);
      s10a = x10.fma(left, s10a);
      s10b = x10.fma(right, s10b);
      FloatVector x11 = FloatVector.broadcast(FLOATS, a[a11 + p]);
      s11a = x11.fma(left, s11a);
      s11b = x11.fma(right, s11b);
    }
    s0a.intoArray(tile, 0 * COUNT);
    s0b.intoArray(tile, 1 * COUNT);
    s1a.intoArray(tile, 2 * COUNT);
    s1b.intoArray(tile, 3 * COUNT);
    s2a.intoArray(tile, 4 * COUNT);
    s2b.intoArray(tile, 5 * COUNT);
    s3a.intoArray(tile, 6 * COUNT);
    s3b.intoArray(tile, 7 * COUNT);
    s4a.intoArray(tile, 8 * COUNT);
    s4b.intoArray(tile, 9 * COUNT);
    s5a.intoArray(tile, 10 * COUNT);
    s5b.intoArray(tile, 11 * COUNT);
    s6a.intoArray(tile, 12 * COUNT);
    s6b.intoArray(tile, 13 * COUNT);
    s7a.intoArray(tile, 14 * COUNT);
    s7b.intoArray(tile, 15 * COUNT);
    s8a.intoArray(tile, 16 * COUNT);
    s8b.intoArray(tile, 17 * COUNT);
    s9a.intoArray(tile, 18 * COUNT);
    s9b.intoArray(tile, 19 * COUNT);
    s10a.intoArray(tile, 20 * COUNT);
    s10b.intoArray(tile, 21 * COUNT);
    s11a.intoArray(tile, 22 * COUNT);
    s11b.intoArray(tile, 23 * COUNT);
  }

  /**
   * {@link #wide} for a panel one vector wide, {@code (depth, COUNT)}; the tile is {@code (12,
   * COUNT)}.
   */
  static void narrow(
      float[] a,
      int base,
      int stride,
      int rows,
      float[] panel,
      int panelStart,
      int depth,
      float[] tile) {
    int a1 = base + Math.min(1, rows - 1) * stride;
    int a2 = base + Math.min(2, rows - 1) * stride;
    int a3 = base + Math.min(3, rows - 1) * stride;
    int a4 = base + Math.min(4, rows - 1) * stride;
    int a5 = base + Math.min(5, rows - 1) * stride;
    int a6 = base + Math.min(6, rows - 1) * stride;
    int a7 = base + Math.min(7, rows - 1) * stride;
    int a8 = base + Math.min(8, rows - 1) * stride;
    int a9 = base + Math.min(9, rows - 1) * stride;
    int a10 = base + Math.min(10, rows - 1) * stride;
    int a11 = base + Math.min(11, rows - 1) * stride;
    FloatVector s0 = FloatVector.zero(FLOATS);
    FloatVector s1 = FloatVector.zero(FLOATS);
    FloatVector s2 = FloatVector.zero(FLOATS);
    FloatVector s3 = FloatVector.zero(FLOATS);
    FloatVector s4 = FloatVector.zero(FLOATS);
    FloatVector s5 = FloatVector.zero(FLOATS);
    FloatVector s6 = FloatVector.zero(FLOATS);
    FloatVector s7 = FloatVector.zero(FLOATS);
    FloatVector s8 = FloatVector.zero(FLOATS);
    FloatVector s9 = FloatVector.zero(FLOATS);
    FloatVector s10 = FloatVector.zero(FLOATS);
    FloatVector s11 = FloatVector.zero(FLOATS);
    for (int p = 0; p < depth; p++) {
      FloatVector column = FloatVector.fromArray(FLOATS, panel, panelStart + p * COUNT);
      s0 = column.fma(FloatVector.broadcast(FLOATS, a[base + p]), s0);
      s1 = column.fma(FloatVector.broadcast(FLOATS, a[a1 + p]), s1);
      s2 = column.fma(FloatVector.broadcast(FLOATS, a[a2 + p]), s2);
      s3 = column.fma(FloatVector.broadcast(FLOATS, a[a3 + p]), s3);
      s4 = column.fma(FloatVector.broadcast(FLOATS, a[a4 + p]), s4);
      s5 = column.fma(FloatVector.broadcast(FLOATS, a[a5 + p]), s5);
      s6 = column.fma(FloatVector.broadcast(FLOATS, a[a6 + p]), s6);
      s7 = column.fma(FloatVector.broadcast(FLOATS, a[a7 + p]), s7);
      s8 = column.fma(FloatVector.broadcast(FLOATS, a[a8 + p]), s8);
      s9 = column.fma(FloatVector.broadcast(FLOATS, a[a9 + p]), s9);
      s10 = column.fma(FloatVector.broadcast(FLOATS, a[a10 + p]), s10);
      s11 = column.fma(FloatVector.broadcast(FLOATS, a[a11 + p]), s11);
    }
    s0.intoArray(tile, 0 * COUNT);
    s1.intoArray(tile, 1 * COUNT);
    s2.intoArray(tile, 2 * COUNT);
    s3.intoArray(tile, 3 * COUNT);
    s4.intoArray(tile, 4 * COUNT);
    s5.intoArray(tile, 5 * COUNT);
    s6.intoArray(tile, 6 * COUNT);
    s7.intoArray(tile, 7 * COUNT);
    s8.intoArray(tile, 8 * COUNT);
    s9.intoArray(tile, 9 * COUNT);
    s10.intoArray(tile, 10 * COUNT);
    s11.intoArray(tile, 11 * COUNT);
  }
}
