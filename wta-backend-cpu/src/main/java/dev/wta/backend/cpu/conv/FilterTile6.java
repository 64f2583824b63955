package dev.wta.backend.cpu.conv;

import static dev.wta.backend.cpu.vector.Lanes.COUNT;
import static dev.wta.backend.cpu.vector.Lanes.FLOATS;

import jdk.incubator.vector.FloatVector;

/**
 * The register tile of a filter gradient for machines with 16 vector registers: six maps by two
 * taps; see {@link FilterTile8}.
 */
final class FilterTile6 {
  static final int ROWS = 6;

  /** The taps of a tile. */
  static final int TAPS = 2;

  private FilterTile6() {}

  /**
   * {@code lanes[r, t]} is a vector whose lanes sum to the sum over samples {@code n} and positions
   * {@code q} of {@code maps[r, n, q] * planes[n, q + tap(t)]}.
   *
   * @param maps {@code (rows, samples, run)} from {@code map}
   * @param rows how many of the six maps there are, at least 1; beyond them the last is repeated
   * @param run a sample's positions, whole vectors
   */
  static void run(
      float[] maps,
      int map,
      int mapStride,
      int rows,
      float[] planes,
      int plane,
      int planeSize,
      int tapA,
      int tapB,
      int samples,
      int run,
      float[] lanes) {
    int m1 = map + Math.min(1, rows - 1) * mapStride;
    int m2 = map + Math.min(2, rows - 1) * mapStride;
    int m3 = map + Math.min(3, rows - 1) * mapStride;
    int m4 = map + Math.min(4, rows - 1) * mapStride;
    int m5 = map + Math.min(5, rows - 1) * mapStride;
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
    for (int n = 0; n < samples; n++) {
      for (int q = 0; q < run; q += COUNT) {
        int pixel = plane + n * planeSize + q;
        int at = n * run + q;
        FloatVector pa = FloatVector.fromArray(FLOATS, planes, pixel + tapA);
        FloatVector pb = FloatVector.fromArray(FLOATS, planes, pixel + tapB);
        FloatVector x0 = FloatVector.fromArray(FLOATS, maps, map + at);
        s0a = x0.fma(pa, s0a);
        s0b = x0.fma(pb, s0b);
        FloatVector x1 = FloatVector.fromArray(FLOATS, maps, m1 + at);
        s1a = x1.fma(pa, s1a);
        s1b = x1.fma(pb, s1b);
        FloatVector x2 = FloatVector.fromArray(FLOATS, maps, m2 + at);
        s2a = x2.fma(pa, s2a);
        s2b = x2.fma(pb, s2b);
        FloatVector x3 = FloatVector.fromArray(FLOATS, maps, m3 + at);
        s3a = x3.fma(pa, s3a);
        s3b = x3.fma(pb, s3b);
        FloatVector x4 = FloatVector.fromArray(FLOATS, maps, m4 + at);
        s4a = x4.fma(pa, s4a);
        s4b = x4.fma(pb, s4b);
        FloatVector x5 = FloatVector.fromArray(FLOATS, maps, m5 + at);
        s5a = x5.fma(pa, s5a);
        s5b = x5.fma(pb, s5b);
      }
    }
    s0a.intoArray(lanes, 0 * COUNT);
    s0b.intoArray(lanes, 1 * COUNT);
    s1a.intoArray(lanes, 2 * COUNT);
    s1b.intoArray(lanes, 3 * COUNT);
    s2a.intoArray(lanes, 4 * COUNT);
    s2b.intoArray(lanes, 5 * COUNT);
    s3a.intoArray(lanes, 6 * COUNT);
    s3b.intoArray(lanes, 7 * COUNT);
    s4a.intoArray(lanes, 8 * COUNT);
    s4b.intoArray(lanes, 9 * COUNT);
    s5a.intoArray(lanes, 10 * COUNT);
    s5b.intoArray(lanes, 11 * COUNT);
  }
}
