package dev.wta.backend.cpu.gemm;

import static dev.wta.backend.cpu.vector.Lanes.COUNT;
import static dev.wta.backend.cpu.vector.Lanes.FLOATS;

import jdk.incubator.vector.FloatVector;

/**
 * The register tile of 8 rows by 3 vectors: 24 accumulators, for machines with 32 vector registers.
 * Each step broadcasts one element of each row of the left operand, which is read where it stands,
 * and multiplies it into the vectors of a packed panel. Eight pointers to rows are as many as the
 * general registers hold.
 *
 * <p>The accumulators are locals and everything is spelt out: the compiler keeps them in registers
 * only so, and a vector that crosses a call which is not inlined is boxed. Rows beyond {@code rows}
 * repeat the last one, so that the edge of a matrix needs no kernel of its own: {@code out} has
 * room for all of them, and the caller ignores their sums.
 */
public final class GemmTile8 {
  public static final int ROWS = 8;

  private GemmTile8() {}

  /**
   * {@code out[r, j] += sum over p of a[base + r * stride + p] * panel[p, j]}, three vectors of
   * columns.
   *
   * <p>Two steps at a time: the loop's own instructions cost multipliers a cycle each time round.
   *
   * @param rows how many of the 8 rows there are, at least 1
   * @param panel {@code (depth, 3 * COUNT)} from {@code panelStart}
   * @param out {@code (8, 3 * COUNT)} from {@code outStart}, rows {@code outStride} apart
   */
  static void three(
      float[] a,
      int base,
      int stride,
      int rows,
      float[] panel,
      int panelStart,
      int depth,
      float[] out,
      int outStart,
      int outStride) {
    int a1 = base + Math.min(1, rows - 1) * stride;
    int a2 = base + Math.min(2, rows - 1) * stride;
    int a3 = base + Math.min(3, rows - 1) * stride;
    int a4 = base + Math.min(4, rows - 1) * stride;
    int a5 = base + Math.min(5, rows - 1) * stride;
    int a6 = base + Math.min(6, rows - 1) * stride;
    int a7 = base + Math.min(7, rows - 1) * stride;
    FloatVector s0a = FloatVector.zero(FLOATS);
    FloatVector s0b = FloatVector.zero(FLOATS);
    FloatVector s0c = FloatVector.zero(FLOATS);
    FloatVector s1a = FloatVector.zero(FLOATS);
    FloatVector s1b = FloatVector.zero(FLOATS);
    FloatVector s1c = FloatVector.zero(FLOATS);
    FloatVector s2a = FloatVector.zero(FLOATS);
    FloatVector s2b = FloatVector.zero(FLOATS);
    FloatVector s2c = FloatVector.zero(FLOATS);
    FloatVector s3a = FloatVector.zero(FLOATS);
    FloatVector s3b = FloatVector.zero(FLOATS);
    FloatVector s3c = FloatVector.zero(FLOATS);
    FloatVector s4a = FloatVector.zero(FLOATS);
    FloatVector s4b = FloatVector.zero(FLOATS);
    FloatVector s4c = FloatVector.zero(FLOATS);
    FloatVector s5a = FloatVector.zero(FLOATS);
    FloatVector s5b = FloatVector.zero(FLOATS);
    FloatVector s5c = FloatVector.zero(FLOATS);
    FloatVector s6a = FloatVector.zero(FLOATS);
    FloatVector s6b = FloatVector.zero(FLOATS);
    FloatVector s6c = FloatVector.zero(FLOATS);
    FloatVector s7a = FloatVector.zero(FLOATS);
    FloatVector s7b = FloatVector.zero(FLOATS);
    FloatVector s7c = FloatVector.zero(FLOATS);
    int even = depth & -2;
    for (int p = 0; p < even; p += 2) {
      int at = panelStart + p * (3 * COUNT);
      FloatVector left = FloatVector.fromArray(FLOATS, panel, at);
      FloatVector middle = FloatVector.fromArray(FLOATS, panel, at + COUNT);
      FloatVector right = FloatVector.fromArray(FLOATS, panel, at + 2 * COUNT);
      FloatVector x = FloatVector.broadcast(FLOATS, a[base + p]);
      s0a = x.fma(left, s0a);
      s0b = x.fma(middle, s0b);
      s0c = x.fma(right, s0c);
      x = FloatVector.broadcast(FLOATS, a[a1 + p]);
      s1a = x.fma(left, s1a);
      s1b = x.fma(middle, s1b);
      s1c = x.fma(right, s1c);
      x = FloatVector.broadcast(FLOATS, a[a2 + p]);
      s2a = x.fma(left, s2a);
      s2b = x.fma(middle, s2b);
      s2c = x.fma(right, s2c);
      x = FloatVector.broadcast(FLOATS, a[a3 + p]);
      s3a = x.fma(left, s3a);
      s3b = x.fma(middle, s3b);
      s3c = x.fma(right, s3c);
      x = FloatVector.broadcast(FLOATS, a[a4 + p]);
      s4a = x.fma(left, s4a);
      s4b = x.fma(middle, s4b);
      s4c = x.fma(right, s4c);
      x = FloatVector.broadcast(FLOATS, a[a5 + p]);
      s5a = x.fma(left, s5a);
      s5b = x.fma(middle, s5b);
      s5c = x.fma(right, s5c);
      x = FloatVector.broadcast(FLOATS, a[a6 + p]);
      s6a = x.fma(left, s6a);
      s6b = x.fma(middle, s6b);
      s6c = x.fma(right, s6c);
      x = FloatVector.broadcast(FLOATS, a[a7 + p]);
      s7a = x.fma(left, s7a);
      s7b = x.fma(middle, s7b);
      s7c = x.fma(right, s7c);
      left = FloatVector.fromArray(FLOATS, panel, at + 3 * COUNT);
      middle = FloatVector.fromArray(FLOATS, panel, at + 4 * COUNT);
      right = FloatVector.fromArray(FLOATS, panel, at + 5 * COUNT);
      x = FloatVector.broadcast(FLOATS, a[base + p + 1]);
      s0a = x.fma(left, s0a);
      s0b = x.fma(middle, s0b);
      s0c = x.fma(right, s0c);
      x = FloatVector.broadcast(FLOATS, a[a1 + p + 1]);
      s1a = x.fma(left, s1a);
      s1b = x.fma(middle, s1b);
      s1c = x.fma(right, s1c);
      x = FloatVector.broadcast(FLOATS, a[a2 + p + 1]);
      s2a = x.fma(left, s2a);
      s2b = x.fma(middle, s2b);
      s2c = x.fma(right, s2c);
      x = FloatVector.broadcast(FLOATS, a[a3 + p + 1]);
      s3a = x.fma(left, s3a);
      s3b = x.fma(middle, s3b);
      s3c = x.fma(right, s3c);
      x = FloatVector.broadcast(FLOATS, a[a4 + p + 1]);
      s4a = x.fma(left, s4a);
      s4b = x.fma(middle, s4b);
      s4c = x.fma(right, s4c);
      x = FloatVector.broadcast(FLOATS, a[a5 + p + 1]);
      s5a = x.fma(left, s5a);
      s5b = x.fma(middle, s5b);
      s5c = x.fma(right, s5c);
      x = FloatVector.broadcast(FLOATS, a[a6 + p + 1]);
      s6a = x.fma(left, s6a);
      s6b = x.fma(middle, s6b);
      s6c = x.fma(right, s6c);
      x = FloatVector.broadcast(FLOATS, a[a7 + p + 1]);
      s7a = x.fma(left, s7a);
      s7b = x.fma(middle, s7b);
      s7c = x.fma(right, s7c);
    }
    if (even < depth) {
      int p = even;
      int at = panelStart + p * (3 * COUNT);
      FloatVector left = FloatVector.fromArray(FLOATS, panel, at);
      FloatVector middle = FloatVector.fromArray(FLOATS, panel, at + COUNT);
      FloatVector right = FloatVector.fromArray(FLOATS, panel, at + 2 * COUNT);
      FloatVector x = FloatVector.broadcast(FLOATS, a[base + p]);
      s0a = x.fma(left, s0a);
      s0b = x.fma(middle, s0b);
      s0c = x.fma(right, s0c);
      x = FloatVector.broadcast(FLOATS, a[a1 + p]);
      s1a = x.fma(left, s1a);
      s1b = x.fma(middle, s1b);
      s1c = x.fma(right, s1c);
      x = FloatVector.broadcast(FLOATS, a[a2 + p]);
      s2a = x.fma(left, s2a);
      s2b = x.fma(middle, s2b);
      s2c = x.fma(right, s2c);
      x = FloatVector.broadcast(FLOATS, a[a3 + p]);
      s3a = x.fma(left, s3a);
      s3b = x.fma(middle, s3b);
      s3c = x.fma(right, s3c);
      x = FloatVector.broadcast(FLOATS, a[a4 + p]);
      s4a = x.fma(left, s4a);
      s4b = x.fma(middle, s4b);
      s4c = x.fma(right, s4c);
      x = FloatVector.broadcast(FLOATS, a[a5 + p]);
      s5a = x.fma(left, s5a);
      s5b = x.fma(middle, s5b);
      s5c = x.fma(right, s5c);
      x = FloatVector.broadcast(FLOATS, a[a6 + p]);
      s6a = x.fma(left, s6a);
      s6b = x.fma(middle, s6b);
      s6c = x.fma(right, s6c);
      x = FloatVector.broadcast(FLOATS, a[a7 + p]);
      s7a = x.fma(left, s7a);
      s7b = x.fma(middle, s7b);
      s7c = x.fma(right, s7c);
    }
    int to = outStart;
    FloatVector.fromArray(FLOATS, out, to).add(s0a).intoArray(out, to);
    FloatVector.fromArray(FLOATS, out, to + COUNT).add(s0b).intoArray(out, to + COUNT);
    FloatVector.fromArray(FLOATS, out, to + 2 * COUNT).add(s0c).intoArray(out, to + 2 * COUNT);
    to += outStride;
    FloatVector.fromArray(FLOATS, out, to).add(s1a).intoArray(out, to);
    FloatVector.fromArray(FLOATS, out, to + COUNT).add(s1b).intoArray(out, to + COUNT);
    FloatVector.fromArray(FLOATS, out, to + 2 * COUNT).add(s1c).intoArray(out, to + 2 * COUNT);
    to += outStride;
    FloatVector.fromArray(FLOATS, out, to).add(s2a).intoArray(out, to);
    FloatVector.fromArray(FLOATS, out, to + COUNT).add(s2b).intoArray(out, to + COUNT);
    FloatVector.fromArray(FLOATS, out, to + 2 * COUNT).add(s2c).intoArray(out, to + 2 * COUNT);
    to += outStride;
    FloatVector.fromArray(FLOATS, out, to).add(s3a).intoArray(out, to);
    FloatVector.fromArray(FLOATS, out, to + COUNT).add(s3b).intoArray(out, to + COUNT);
    FloatVector.fromArray(FLOATS, out, to + 2 * COUNT).add(s3c).intoArray(out, to + 2 * COUNT);
    to += outStride;
    FloatVector.fromArray(FLOATS, out, to).add(s4a).intoArray(out, to);
    FloatVector.fromArray(FLOATS, out, to + COUNT).add(s4b).intoArray(out, to + COUNT);
    FloatVector.fromArray(FLOATS, out, to + 2 * COUNT).add(s4c).intoArray(out, to + 2 * COUNT);
    to += outStride;
    FloatVector.fromArray(FLOATS, out, to).add(s5a).intoArray(out, to);
    FloatVector.fromArray(FLOATS, out, to + COUNT).add(s5b).intoArray(out, to + COUNT);
    FloatVector.fromArray(FLOATS, out, to + 2 * COUNT).add(s5c).intoArray(out, to + 2 * COUNT);
    to += outStride;
    FloatVector.fromArray(FLOATS, out, to).add(s6a).intoArray(out, to);
    FloatVector.fromArray(FLOATS, out, to + COUNT).add(s6b).intoArray(out, to + COUNT);
    FloatVector.fromArray(FLOATS, out, to + 2 * COUNT).add(s6c).intoArray(out, to + 2 * COUNT);
    to += outStride;
    FloatVector.fromArray(FLOATS, out, to).add(s7a).intoArray(out, to);
    FloatVector.fromArray(FLOATS, out, to + COUNT).add(s7b).intoArray(out, to + COUNT);
    FloatVector.fromArray(FLOATS, out, to + 2 * COUNT).add(s7c).intoArray(out, to + 2 * COUNT);
  }

  /** {@link #three} for a panel two vectors wide. */
  public static void two(
      float[] a,
      int base,
      int stride,
      int rows,
      float[] panel,
      int panelStart,
      int depth,
      float[] out,
      int outStart,
      int outStride) {
    int a1 = base + Math.min(1, rows - 1) * stride;
    int a2 = base + Math.min(2, rows - 1) * stride;
    int a3 = base + Math.min(3, rows - 1) * stride;
    int a4 = base + Math.min(4, rows - 1) * stride;
    int a5 = base + Math.min(5, rows - 1) * stride;
    int a6 = base + Math.min(6, rows - 1) * stride;
    int a7 = base + Math.min(7, rows - 1) * stride;
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
    for (int p = 0; p < depth; p++) {
      int at = panelStart + p * (2 * COUNT);
      FloatVector left = FloatVector.fromArray(FLOATS, panel, at);
      FloatVector right = FloatVector.fromArray(FLOATS, panel, at + COUNT);
      FloatVector x = FloatVector.broadcast(FLOATS, a[base + p]);
      s0a = x.fma(left, s0a);
      s0b = x.fma(right, s0b);
      x = FloatVector.broadcast(FLOATS, a[a1 + p]);
      s1a = x.fma(left, s1a);
      s1b = x.fma(right, s1b);
      x = FloatVector.broadcast(FLOATS, a[a2 + p]);
      s2a = x.fma(left, s2a);
      s2b = x.fma(right, s2b);
      x = FloatVector.broadcast(FLOATS, a[a3 + p]);
      s3a = x.fma(left, s3a);
      s3b = x.fma(right, s3b);
      x = FloatVector.broadcast(FLOATS, a[a4 + p]);
      s4a = x.fma(left, s4a);
      s4b = x.fma(right, s4b);
      x = FloatVector.broadcast(FLOATS, a[a5 + p]);
      s5a = x.fma(left, s5a);
      s5b = x.fma(right, s5b);
      x = FloatVector.broadcast(FLOATS, a[a6 + p]);
      s6a = x.fma(left, s6a);
      s6b = x.fma(right, s6b);
      x = FloatVector.broadcast(FLOATS, a[a7 + p]);
      s7a = x.fma(left, s7a);
      s7b = x.fma(right, s7b);
    }
    int to = outStart;
    FloatVector.fromArray(FLOATS, out, to).add(s0a).intoArray(out, to);
    FloatVector.fromArray(FLOATS, out, to + COUNT).add(s0b).intoArray(out, to + COUNT);
    to += outStride;
    FloatVector.fromArray(FLOATS, out, to).add(s1a).intoArray(out, to);
    FloatVector.fromArray(FLOATS, out, to + COUNT).add(s1b).intoArray(out, to + COUNT);
    to += outStride;
    FloatVector.fromArray(FLOATS, out, to).add(s2a).intoArray(out, to);
    FloatVector.fromArray(FLOATS, out, to + COUNT).add(s2b).intoArray(out, to + COUNT);
    to += outStride;
    FloatVector.fromArray(FLOATS, out, to).add(s3a).intoArray(out, to);
    FloatVector.fromArray(FLOATS, out, to + COUNT).add(s3b).intoArray(out, to + COUNT);
    to += outStride;
    FloatVector.fromArray(FLOATS, out, to).add(s4a).intoArray(out, to);
    FloatVector.fromArray(FLOATS, out, to + COUNT).add(s4b).intoArray(out, to + COUNT);
    to += outStride;
    FloatVector.fromArray(FLOATS, out, to).add(s5a).intoArray(out, to);
    FloatVector.fromArray(FLOATS, out, to + COUNT).add(s5b).intoArray(out, to + COUNT);
    to += outStride;
    FloatVector.fromArray(FLOATS, out, to).add(s6a).intoArray(out, to);
    FloatVector.fromArray(FLOATS, out, to + COUNT).add(s6b).intoArray(out, to + COUNT);
    to += outStride;
    FloatVector.fromArray(FLOATS, out, to).add(s7a).intoArray(out, to);
    FloatVector.fromArray(FLOATS, out, to + COUNT).add(s7b).intoArray(out, to + COUNT);
  }
}
