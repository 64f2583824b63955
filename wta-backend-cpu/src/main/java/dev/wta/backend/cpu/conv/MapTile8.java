package dev.wta.backend.cpu.conv;

import static dev.wta.backend.cpu.vector.Lanes.COUNT;
import static dev.wta.backend.cpu.vector.Lanes.FLOATS;

import dev.wta.backend.cpu.gemm.GemmTile8;
import jdk.incubator.vector.FloatVector;

/**
 * The register tile of a convolution for machines with 32 vector registers: eight maps by three
 * vectors of positions, 24 accumulators. Each tap broadcasts its weight of each map and multiplies
 * it into the pixels that the tap sees from consecutive positions, which are consecutive, too.
 *
 * <p>The accumulators are locals and everything is spelt out, as in {@link GemmTile8}.
 */
public final class MapTile8 {
  public static final int ROWS = 8;

  /** The vectors of positions of the wide tile. */
  public static final int VECTORS = 3;

  private MapTile8() {}

  /**
   * {@code out[r, q] = start[r] + sum over t of filters[t, r] * planes[plane + offsets[t] + q]} for
   * eight maps {@code r} and three vectors of positions {@code q}.
   *
   * @param start {@code (8)}: what each map's sums start from
   * @param filters {@code (taps, 8)} from {@code filter}
   * @param offsets each tap's distance from the position; those of this sum begin at {@code tap}
   * @param stride from one map to the next in {@code out}
   */
  public static void wide(
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
    FloatVector s0a = FloatVector.broadcast(FLOATS, start[0]);
    FloatVector s0b = s0a;
    FloatVector s0c = s0a;
    FloatVector s1a = FloatVector.broadcast(FLOATS, start[1]);
    FloatVector s1b = s1a;
    FloatVector s1c = s1a;
    FloatVector s2a = FloatVector.broadcast(FLOATS, start[2]);
    FloatVector s2b = s2a;
    FloatVector s2c = s2a;
    FloatVector s3a = FloatVector.broadcast(FLOATS, start[3]);
    FloatVector s3b = s3a;
    FloatVector s3c = s3a;
    FloatVector s4a = FloatVector.broadcast(FLOATS, start[4]);
    FloatVector s4b = s4a;
    FloatVector s4c = s4a;
    FloatVector s5a = FloatVector.broadcast(FLOATS, start[5]);
    FloatVector s5b = s5a;
    FloatVector s5c = s5a;
    FloatVector s6a = FloatVector.broadcast(FLOATS, start[6]);
    FloatVector s6b = s6a;
    FloatVector s6c = s6a;
    FloatVector s7a = FloatVector.broadcast(FLOATS, start[7]);
    FloatVector s7b = s7a;
    FloatVector s7c = s7a;
    for (int t = 0; t < taps; t++) {
      int at = plane + offsets[tap + t];
      int weights = filter + t * ROWS;
      FloatVector left = FloatVector.fromArray(FLOATS, planes, at);
      FloatVector middle = FloatVector.fromArray(FLOATS, planes, at + COUNT);
      FloatVector right = FloatVector.fromArray(FLOATS, planes, at + 2 * COUNT);
      FloatVector w0 = FloatVector.broadcast(FLOATS, filters[weights]);
      s0a = w0.fma(left, s0a);
      s0b = w0.fma(middle, s0b);
      s0c = w0.fma(right, s0c);
      FloatVector w1 = FloatVector.broadcast(FLOATS, filters[weights + 1]);
      s1a = w1.fma(left, s1a);
      s1b = w1.fma(middle, s1b);
      s1c = w1.fma(right, s1c);
      FloatVector w2 = FloatVector.broadcast(FLOATS, filters[weights + 2]);
      s2a = w2.fma(left, s2a);
      s2b = w2.fma(middle, s2b);
      s2c = w2.fma(right, s2c);
      FloatVector w3 = FloatVector.broadcast(FLOATS, filters[weights + 3]);
      s3a = w3.fma(left, s3a);
      s3b = w3.fma(middle, s3b);
      s3c = w3.fma(right, s3c);
      FloatVector w4 = FloatVector.broadcast(FLOATS, filters[weights + 4]);
      s4a = w4.fma(left, s4a);
      s4b = w4.fma(middle, s4b);
      s4c = w4.fma(right, s4c);
      FloatVector w5 = FloatVector.broadcast(FLOATS, filters[weights + 5]);
      s5a = w5.fma(left, s5a);
      s5b = w5.fma(middle, s5b);
      s5c = w5.fma(right, s5c);
      FloatVector w6 = FloatVector.broadcast(FLOATS, filters[weights + 6]);
      s6a = w6.fma(left, s6a);
      s6b = w6.fma(middle, s6b);
      s6c = w6.fma(right, s6c);
      FloatVector w7 = FloatVector.broadcast(FLOATS, filters[weights + 7]);
      s7a = w7.fma(left, s7a);
      s7b = w7.fma(middle, s7b);
      s7c = w7.fma(right, s7c);
    }
    s0a.intoArray(out, to);
    s0b.intoArray(out, to + COUNT);
    s0c.intoArray(out, to + 2 * COUNT);
    s1a.intoArray(out, to + stride);
    s1b.intoArray(out, to + stride + COUNT);
    s1c.intoArray(out, to + stride + 2 * COUNT);
    s2a.intoArray(out, to + 2 * stride);
    s2b.intoArray(out, to + 2 * stride + COUNT);
    s2c.intoArray(out, to + 2 * stride + 2 * COUNT);
    s3a.intoArray(out, to + 3 * stride);
    s3b.intoArray(out, to + 3 * stride + COUNT);
    s3c.intoArray(out, to + 3 * stride + 2 * COUNT);
    s4a.intoArray(out, to + 4 * stride);
    s4b.intoArray(out, to + 4 * stride + COUNT);
    s4c.intoArray(out, to + 4 * stride + 2 * COUNT);
    s5a.intoArray(out, to + 5 * stride);
    s5b.intoArray(out, to + 5 * stride + COUNT);
    s5c.intoArray(out, to + 5 * stride + 2 * COUNT);
    s6a.intoArray(out, to + 6 * stride);
    s6b.intoArray(out, to + 6 * stride + COUNT);
    s6c.intoArray(out, to + 6 * stride + 2 * COUNT);
    s7a.intoArray(out, to + 7 * stride);
    s7b.intoArray(out, to + 7 * stride + COUNT);
    s7c.intoArray(out, to + 7 * stride + 2 * COUNT);
  }

  /** {@link #wide} for one vector of positions. */
  public static void narrow(
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
    FloatVector s0a = FloatVector.broadcast(FLOATS, start[0]);
    FloatVector s1a = FloatVector.broadcast(FLOATS, start[1]);
    FloatVector s2a = FloatVector.broadcast(FLOATS, start[2]);
    FloatVector s3a = FloatVector.broadcast(FLOATS, start[3]);
    FloatVector s4a = FloatVector.broadcast(FLOATS, start[4]);
    FloatVector s5a = FloatVector.broadcast(FLOATS, start[5]);
    FloatVector s6a = FloatVector.broadcast(FLOATS, start[6]);
    FloatVector s7a = FloatVector.broadcast(FLOATS, start[7]);
    for (int t = 0; t < taps; t++) {
      int at = plane + offsets[tap + t];
      int weights = filter + t * ROWS;
      FloatVector pixels = FloatVector.fromArray(FLOATS, planes, at);
      FloatVector w0 = FloatVector.broadcast(FLOATS, filters[weights]);
      s0a = w0.fma(pixels, s0a);
      FloatVector w1 = FloatVector.broadcast(FLOATS, filters[weights + 1]);
      s1a = w1.fma(pixels, s1a);
      FloatVector w2 = FloatVector.broadcast(FLOATS, filters[weights + 2]);
      s2a = w2.fma(pixels, s2a);
      FloatVector w3 = FloatVector.broadcast(FLOATS, filters[weights + 3]);
      s3a = w3.fma(pixels, s3a);
      FloatVector w4 = FloatVector.broadcast(FLOATS, filters[weights + 4]);
      s4a = w4.fma(pixels, s4a);
      FloatVector w5 = FloatVector.broadcast(FLOATS, filters[weights + 5]);
      s5a = w5.fma(pixels, s5a);
      FloatVector w6 = FloatVector.broadcast(FLOATS, filters[weights + 6]);
      s6a = w6.fma(pixels, s6a);
      FloatVector w7 = FloatVector.broadcast(FLOATS, filters[weights + 7]);
      s7a = w7.fma(pixels, s7a);
    }
    s0a.intoArray(out, to);
    s1a.intoArray(out, to + stride);
    s2a.intoArray(out, to + 2 * stride);
    s3a.intoArray(out, to + 3 * stride);
    s4a.intoArray(out, to + 4 * stride);
    s5a.intoArray(out, to + 5 * stride);
    s6a.intoArray(out, to + 6 * stride);
    s7a.intoArray(out, to + 7 * stride);
  }
}
