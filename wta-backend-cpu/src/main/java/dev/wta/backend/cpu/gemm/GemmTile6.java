package dev.wta.backend.cpu.gemm;

import static dev.wta.backend.cpu.vector.Lanes.COUNT;
import static dev.wta.backend.cpu.vector.Lanes.FLOATS;

import jdk.incubator.vector.FloatVector;

/**
 * The register tile of 6 rows by 2 vectors: 12 accumulators, for machines with 16 vector registers,
 * and for panels one vector wide. Otherwise like {@link GemmTile8}.
 */
public final class GemmTile6 {
  public static final int ROWS = 6;

  private GemmTile6() {}

  /**
   * {@code out[r, j] += sum over p of a[base + r * stride + p] * panel[p, j]}, two vectors of
   * columns.
   *
   * @param rows how many of the 6 rows there are, at least 1
   * @param panel {@code (depth, 2 * COUNT)} from {@code panelStart}
   * @param out {@code (6, 2 * COUNT)} from {@code outStart}, rows {@code outStride} apart
   */
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
  }

  /** {@link #two} for a panel one vector wide. */
  public static void one(
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
    FloatVector s0a = FloatVector.zero(FLOATS);
    FloatVector s1a = FloatVector.zero(FLOATS);
    FloatVector s2a = FloatVector.zero(FLOATS);
    FloatVector s3a = FloatVector.zero(FLOATS);
    FloatVector s4a = FloatVector.zero(FLOATS);
    FloatVector s5a = FloatVector.zero(FLOATS);
    for (int p = 0; p < depth; p++) {
      int at = panelStart + p * COUNT;
      FloatVector column = FloatVector.fromArray(FLOATS, panel, at);
      s0a = FloatVector.broadcast(FLOATS, a[base + p]).fma(column, s0a);
      s1a = FloatVector.broadcast(FLOATS, a[a1 + p]).fma(column, s1a);
      s2a = FloatVector.broadcast(FLOATS, a[a2 + p]).fma(column, s2a);
      s3a = FloatVector.broadcast(FLOATS, a[a3 + p]).fma(column, s3a);
      s4a = FloatVector.broadcast(FLOATS, a[a4 + p]).fma(column, s4a);
      s5a = FloatVector.broadcast(FLOATS, a[a5 + p]).fma(column, s5a);
    }
    int to = outStart;
    FloatVector.fromArray(FLOATS, out, to).add(s0a).intoArray(out, to);
    to += outStride;
    FloatVector.fromArray(FLOATS, out, to).add(s1a).intoArray(out, to);
    to += outStride;
    FloatVector.fromArray(FLOATS, out, to).add(s2a).intoArray(out, to);
    to += outStride;
    FloatVector.fromArray(FLOATS, out, to).add(s3a).intoArray(out, to);
    to += outStride;
    FloatVector.fromArray(FLOATS, out, to).add(s4a).intoArray(out, to);
    to += outStride;
    FloatVector.fromArray(FLOATS, out, to).add(s5a).intoArray(out, to);
  }
}
