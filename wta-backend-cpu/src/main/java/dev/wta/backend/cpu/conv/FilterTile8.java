package dev.wta.backend.cpu.conv;

import static dev.wta.backend.cpu.vector.Lanes.COUNT;
import static dev.wta.backend.cpu.vector.Lanes.FLOATS;

import dev.wta.backend.cpu.gemm.GemmTile8;
import jdk.incubator.vector.FloatVector;

/**
 * The register tile of a filter gradient for machines with 32 vector registers: eight maps by three
 * taps, 24 accumulators. Each step multiplies consecutive positions of each map with the pixels
 * that a tap sees from them.
 *
 * <p>The accumulators are locals and everything is spelt out, as in {@link GemmTile8}.
 */
final class FilterTile8 {
  static final int ROWS = 8;

  /** The taps of a tile. */
  static final int TAPS = 3;

  private FilterTile8() {}

  /**
   * {@code lanes[r, t]} is a vector whose lanes sum to the sum over samples {@code n} and positions
   * {@code q} of {@code maps[r, n, q] * planes[n, q + tap(t)]}.
   *
   * @param maps {@code (rows, samples, run)} from {@code map}
   * @param rows how many of the eight maps there are, at least 1; beyond them the last is repeated
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
      int tapC,
      int samples,
      int run,
      float[] lanes) {
    int m1 = map + Math.min(1, rows - 1) * mapStride;
    int m2 = map + Math.min(2, rows - 1) * mapStride;
    int m3 = map + Math.min(3, rows - 1) * mapStride;
    int m4 = map + Math.min(4, rows - 1) * mapStride;
    int m5 = map + Math.min(5, rows - 1) * mapStride;
    int m6 = map + Math.min(6, rows - 1) * mapStride;
    int m7 = map + Math.min(7, rows - 1) * mapStride;
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
    for (int n = 0; n < samples; n++) {
      for (int q = 0; q < run; q += COUNT) {
        int pixel = plane + n * planeSize + q;
        int at = n * run + q;
        FloatVector pa = FloatVector.fromArray(FLOATS, planes, pixel + tapA);
        FloatVector pb = FloatVector.fromArray(FLOATS, planes, pixel + tapB);
        FloatVector pc = FloatVector.fromArray(FLOATS, planes, pixel + tapC);
        FloatVector x0 = FloatVector.fromArray(FLOATS, maps, map + at);
        s0a = x0.fma(pa, s0a);
        s0b = x0.fma(pb, s0b);
        s0c = x0.fma(pc, s0c);
        FloatVector x1 = FloatVector.fromArray(FLOATS, maps, m1 + at);
        s1a = x1.fma(pa, s1a);
        s1b = x1.fma(pb, s1b);
        s1c = x1.fma(pc, s1c);
        FloatVector x2 = FloatVector.fromArray(FLOATS, maps, m2 + at);
        s2a = x2.fma(pa, s2a);
        s2b = x2.fma(pb, s2b);
        s2c = x2.fma(pc, s2c);
        FloatVector x3 = FloatVector.fromArray(FLOATS, maps, m3 + at);
        s3a = x3.fma(pa, s3a);
        s3b = x3.fma(pb, s3b);
        s3c = x3.fma(pc, s3c);
        FloatVector x4 = FloatVector.fromArray(FLOATS, maps, m4 + at);
        s4a = x4.fma(pa, s4a);
        s4b = x4.fma(pb, s4b);
        s4c = x4.fma(pc, s4c);
        FloatVector x5 = FloatVector.fromArray(FLOATS, maps, m5 + at);
        s5a = x5.fma(pa, s5a);
        s5b = x5.fma(pb, s5b);
        s5c = x5.fma(pc, s5c);
        FloatVector x6 = FloatVector.fromArray(FLOATS, maps, m6 + at);
        s6a = x6.fma(pa, s6a);
        s6b = x6.fma(pb, s6b);
        s6c = x6.fma(pc, s6c);
        FloatVector x7 = FloatVector.fromArray(FLOATS, maps, m7 + at);
        s7a = x7.fma(pa, s7a);
        s7b = x7.fma(pb, s7b);
        s7c = x7.fma(pc, s7c);
      }
    }
    s0a.intoArray(lanes, 0 * COUNT);
    s0b.intoArray(lanes, 1 * COUNT);
    s0c.intoArray(lanes, 2 * COUNT);
    s1a.intoArray(lanes, 3 * COUNT);
    s1b.intoArray(lanes, 4 * COUNT);
    s1c.intoArray(lanes, 5 * COUNT);
    s2a.intoArray(lanes, 6 * COUNT);
    s2b.intoArray(lanes, 7 * COUNT);
    s2c.intoArray(lanes, 8 * COUNT);
    s3a.intoArray(lanes, 9 * COUNT);
    s3b.intoArray(lanes, 10 * COUNT);
    s3c.intoArray(lanes, 11 * COUNT);
    s4a.intoArray(lanes, 12 * COUNT);
    s4b.intoArray(lanes, 13 * COUNT);
    s4c.intoArray(lanes, 14 * COUNT);
    s5a.intoArray(lanes, 15 * COUNT);
    s5b.intoArray(lanes, 16 * COUNT);
    s5c.intoArray(lanes, 17 * COUNT);
    s6a.intoArray(lanes, 18 * COUNT);
    s6b.intoArray(lanes, 19 * COUNT);
    s6c.intoArray(lanes, 20 * COUNT);
    s7a.intoArray(lanes, 21 * COUNT);
    s7b.intoArray(lanes, 22 * COUNT);
    s7c.intoArray(lanes, 23 * COUNT);
  }
}
