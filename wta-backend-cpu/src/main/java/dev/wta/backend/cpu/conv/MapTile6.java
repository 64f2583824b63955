package dev.wta.backend.cpu.conv;

import static dev.wta.backend.cpu.vector.Lanes.COUNT;
import static dev.wta.backend.cpu.vector.Lanes.FLOATS;

import jdk.incubator.vector.FloatVector;

/**
 * The register tile of a convolution for machines with 16 vector registers: six maps by two vectors
 * of positions; see {@link MapTile8}.
 */
public final class MapTile6 {
  public static final int ROWS = 6;

  /** The vectors of positions of the wide tile. */
  public static final int VECTORS = 2;

  private MapTile6() {}

  /**
   * {@code out[r, q] = start[r] + sum over t of filters[t, r] * planes[plane + offsets[t] + q]} for
   * six maps {@code r} and two vectors of positions {@code q}.
   *
   * @param start {@code (6)}: what each map's sums start from
   * @param filters {@code (taps, 6)} from {@code filter}
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
    FloatVector s1a = FloatVector.broadcast(FLOATS, start[1]);
    FloatVector s1b = s1a;
    FloatVector s2a = FloatVector.broadcast(FLOATS, start[2]);
    FloatVector s2b = s2a;
    FloatVector s3a = FloatVector.broadcast(FLOATS, start[3]);
    FloatVector s3b = s3a;
    FloatVector s4a = FloatVector.broadcast(FLOATS, start[4]);
    FloatVector s4b = s4a;
    FloatVector s5a = FloatVector.broadcast(FLOATS, start[5]);
    FloatVector s5b = s5a;
    for (int t = 0; t < taps; t++) {
      int at = plane + offsets[tap + t];
      int weights = filter + t * ROWS;
      FloatVector left = FloatVector.fromArray(FLOATS, planes, at);
      FloatVector right = FloatVector.fromArray(FLOATS, planes, at + COUNT);
      FloatVector w0 = FloatVector.broadcast(FLOATS, filters[weights]);
      s0a = w0.fma(left, s0a);
      s0b = w0.fma(right, s0b);
      FloatVector w1 = FloatVector.broadcast(FLOATS, filters[weights + 1]);
      s1a = w1.fma(left, s1a);
      s1b = w1.fma(right, s1b);
      FloatVector w2 = FloatVector.broadcast(FLOATS, filters[weights + 2]);
      s2a = w2.fma(left, s2a);
      s2b = w2.fma(right, s2b);
      FloatVector w3 = FloatVector.broadcast(FLOATS, filters[weights + 3]);
      s3a = w3.fma(left, s3a);
      s3b = w3.fma(right, s3b);
      FloatVector w4 = FloatVector.broadcast(FLOATS, filters[weights + 4]);
      s4a = w4.fma(left, s4a);
      s4b = w4.fma(right, s4b);
      FloatVector w5 = FloatVector.broadcast(FLOATS, filters[weights + 5]);
      s5a = w5.fma(left, s5a);
      s5b = w5.fma(right, s5b);
    }
    s0a.intoArray(out, to);
    s0b.intoArray(out, to + COUNT);
    s1a.intoArray(out, to + stride);
    s1b.intoArray(out, to + stride + COUNT);
    s2a.intoArray(out, to + 2 * stride);
    s2b.intoArray(out, to + 2 * stride + COUNT);
    s3a.intoArray(out, to + 3 * stride);
    s3b.intoArray(out, to + 3 * stride + COUNT);
    s4a.intoArray(out, to + 4 * stride);
    s4b.intoArray(out, to + 4 * stride + COUNT);
    s5a.intoArray(out, to + 5 * stride);
    s5b.intoArray(out, to + 5 * stride + COUNT);
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
    }
    s0a.intoArray(out, to);
    s1a.intoArray(out, to + stride);
    s2a.intoArray(out, to + 2 * stride);
    s3a.intoArray(out, to + 3 * stride);
    s4a.intoArray(out, to + 4 * stride);
    s5a.intoArray(out, to + 5 * stride);
  }
}
