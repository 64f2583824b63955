package dev.wta.backend.cpu.winograd;

import static dev.wta.backend.cpu.vector.Lanes.COUNT;
import static dev.wta.backend.cpu.vector.Lanes.FLOATS;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * The transforms of Winograd's minimal filtering F(4, 5): four outputs of a filter of five taps by
 * way of eight products, interpolating at 0, 1, -1, 2, -2, 1/2, -1/2 and infinity (Winograd, 1980;
 * for two dimensions, which are one after the other, Lavin and Gray, 2016). An element of a line is
 * a vector of channels or maps, so that the lanes never mix.
 */
final class WinogradTransforms {
  /** The outputs of a line. */
  static final int OUTPUTS = 4;

  /** The taps of a filter's line. */
  static final int TAPS = 5;

  /** The points of a transformed line, and the inputs that its outputs look at. */
  static final int POINTS = OUTPUTS + TAPS - 1;

  private WinogradTransforms() {}

  /**
   * Transforms eight lines of eight inputs each. In an array the elements of a line are {@code
   * step} apart, and lines {@code line}; so too for the other transforms.
   */
  static void inputs(
      float[] in, int from, int step, int line, float[] out, int to, int outStep, int outLine) {
    for (int i = 0; i < POINTS; i++) {
      inputLine(in, from + i * line, step, out, to + i * outLine, outStep);
    }
  }

  /** Transforms one line of eight inputs. */
  static void inputLine(float[] in, int from, int step, float[] out, int to, int outStep) {
    FloatVector d0 = FloatVector.fromArray(FLOATS, in, from);
    FloatVector d1 = FloatVector.fromArray(FLOATS, in, from + step);
    FloatVector d2 = FloatVector.fromArray(FLOATS, in, from + 2 * step);
    FloatVector d3 = FloatVector.fromArray(FLOATS, in, from + 3 * step);
    FloatVector d4 = FloatVector.fromArray(FLOATS, in, from + 4 * step);
    FloatVector d5 = FloatVector.fromArray(FLOATS, in, from + 5 * step);
    FloatVector d6 = FloatVector.fromArray(FLOATS, in, from + 6 * step);
    FloatVector d7 = FloatVector.fromArray(FLOATS, in, from + 7 * step);
    FloatVector factor = FloatVector.broadcast(FLOATS, 5.25f);
    d4.sub(d2).fma(factor, d0.sub(d6)).intoArray(out, to);
    d3.sub(d5).fma(factor, d7.sub(d1)).intoArray(out, to + 7 * outStep);
    factor = FloatVector.broadcast(FLOATS, -4.25f);
    FloatVector even = d4.fma(factor, d2.add(d6));
    FloatVector odd = d3.fma(factor, d1.add(d5));
    even.add(odd).intoArray(out, to + outStep);
    even.sub(odd).intoArray(out, to + 2 * outStep);
    factor = FloatVector.broadcast(FLOATS, -2.5f);
    FloatVector half = FloatVector.broadcast(FLOATS, 0.5f);
    FloatVector two = FloatVector.broadcast(FLOATS, 2f);
    FloatVector middle = d3.mul(factor);
    even =
        d2.fma(
            FloatVector.broadcast(FLOATS, 0.25f),
            d4.fma(FloatVector.broadcast(FLOATS, -1.25f), d6));
    odd = d1.fma(half, d5.fma(two, middle));
    even.add(odd).intoArray(out, to + 3 * outStep);
    even.sub(odd).intoArray(out, to + 4 * outStep);
    even =
        d2.fma(FloatVector.broadcast(FLOATS, 4f), d4.fma(FloatVector.broadcast(FLOATS, -5f), d6));
    odd = d1.fma(two, d5.fma(half, middle));
    even.add(odd).intoArray(out, to + 5 * outStep);
    even.sub(odd).intoArray(out, to + 6 * outStep);
  }

  /** Transforms {@code lines} lines of five taps each to eight points each. */
  static void filters(
      int lines,
      float[] in,
      int from,
      int step,
      int line,
      float[] out,
      int to,
      int outStep,
      int outLine) {
    for (int i = 0; i < lines; i++) {
      filterLine(in, from + i * line, step, out, to + i * outLine, outStep);
    }
  }

  private static void filterLine(float[] in, int from, int step, float[] out, int to, int outStep) {
    FloatVector g0 = FloatVector.fromArray(FLOATS, in, from);
    FloatVector g1 = FloatVector.fromArray(FLOATS, in, from + step);
    FloatVector g2 = FloatVector.fromArray(FLOATS, in, from + 2 * step);
    FloatVector g3 = FloatVector.fromArray(FLOATS, in, from + 3 * step);
    FloatVector g4 = FloatVector.fromArray(FLOATS, in, from + 4 * step);
    g0.intoArray(out, to);
    g4.intoArray(out, to + 7 * outStep);
    FloatVector even = g0.add(g2).add(g4);
    FloatVector odd = g1.add(g3);
    even.add(odd).mul(-2f / 9).intoArray(out, to + outStep);
    even.sub(odd).mul(-2f / 9).intoArray(out, to + 2 * outStep);
    even = g0.add(g2.mul(4f)).add(g4.mul(16f));
    odd = g1.mul(2f).add(g3.mul(8f));
    even.add(odd).mul(1f / 90).intoArray(out, to + 3 * outStep);
    even.sub(odd).mul(1f / 90).intoArray(out, to + 4 * outStep);
    even = g0.add(g2.mul(0.25f)).add(g4.mul(0.0625f));
    odd = g1.mul(0.5f).add(g3.mul(0.125f));
    even.add(odd).mul(32f / 45).intoArray(out, to + 5 * outStep);
    even.sub(odd).mul(32f / 45).intoArray(out, to + 6 * outStep);
  }

  /**
   * Transforms {@code lines} lines of eight points each back to four outputs each, and returns
   * whether these and their sums are finite.
   */
  static boolean outputs(
      int lines,
      float[] in,
      int from,
      int step,
      int line,
      float[] out,
      int to,
      int outStep,
      int outLine) {
    boolean finite = true;
    for (int i = 0; i < lines; i++) {
      finite &= outputLine(in, from + i * line, step, out, to + i * outLine, outStep);
    }
    return finite;
  }

  private static boolean outputLine(
      float[] in, int from, int step, float[] out, int to, int outStep) {
    FloatVector m1 = FloatVector.fromArray(FLOATS, in, from + step);
    FloatVector m2 = FloatVector.fromArray(FLOATS, in, from + 2 * step);
    FloatVector m3 = FloatVector.fromArray(FLOATS, in, from + 3 * step);
    FloatVector m4 = FloatVector.fromArray(FLOATS, in, from + 4 * step);
    FloatVector m5 = FloatVector.fromArray(FLOATS, in, from + 5 * step);
    FloatVector m6 = FloatVector.fromArray(FLOATS, in, from + 6 * step);
    FloatVector even1 = m1.add(m2);
    FloatVector even2 = m3.add(m4);
    FloatVector evenHalf = m5.add(m6);
    FloatVector odd1 = m1.sub(m2);
    FloatVector odd2 = m3.sub(m4);
    FloatVector oddHalf = m5.sub(m6);
    FloatVector first = FloatVector.fromArray(FLOATS, in, from).add(even1).add(even2).add(evenHalf);
    FloatVector second =
        odd2.fma(
            FloatVector.broadcast(FLOATS, 2f),
            oddHalf.fma(FloatVector.broadcast(FLOATS, 0.5f), odd1));
    FloatVector third =
        even2.fma(
            FloatVector.broadcast(FLOATS, 4f),
            evenHalf.fma(FloatVector.broadcast(FLOATS, 0.25f), even1));
    FloatVector fourth =
        odd2.fma(
                FloatVector.broadcast(FLOATS, 8f),
                oddHalf.fma(FloatVector.broadcast(FLOATS, 0.125f), odd1))
            .add(FloatVector.fromArray(FLOATS, in, from + 7 * step));
    first.intoArray(out, to);
    second.intoArray(out, to + outStep);
    third.intoArray(out, to + 2 * outStep);
    fourth.intoArray(out, to + 3 * outStep);
    FloatVector sum = first.add(second).add(third.add(fourth));
    return !sum.sub(sum).test(VectorOperators.IS_NAN).anyTrue();
  }

  /**
   * The transpose of {@link #outputs}: {@code lines} lines of four slopes of outputs each to the
   * slopes of eight points each.
   */
  static void outputSlopes(
      int lines,
      float[] in,
      int from,
      int step,
      int line,
      float[] out,
      int to,
      int outStep,
      int outLine) {
    for (int i = 0; i < lines; i++) {
      outputSlopeLine(in, from + i * line, step, out, to + i * outLine, outStep);
    }
  }

  private static void outputSlopeLine(
      float[] in, int from, int step, float[] out, int to, int outStep) {
    FloatVector s0 = FloatVector.fromArray(FLOATS, in, from);
    FloatVector s1 = FloatVector.fromArray(FLOATS, in, from + step);
    FloatVector s2 = FloatVector.fromArray(FLOATS, in, from + 2 * step);
    FloatVector s3 = FloatVector.fromArray(FLOATS, in, from + 3 * step);
    s0.intoArray(out, to);
    s3.intoArray(out, to + 7 * outStep);
    FloatVector even = s0.add(s2);
    FloatVector odd = s1.add(s3);
    even.add(odd).intoArray(out, to + outStep);
    even.sub(odd).intoArray(out, to + 2 * outStep);
    even = s2.fma(FloatVector.broadcast(FLOATS, 4f), s0);
    odd = s3.fma(FloatVector.broadcast(FLOATS, 8f), s1.mul(2f));
    even.add(odd).intoArray(out, to + 3 * outStep);
    even.sub(odd).intoArray(out, to + 4 * outStep);
    even = s2.fma(FloatVector.broadcast(FLOATS, 0.25f), s0);
    odd = s3.fma(FloatVector.broadcast(FLOATS, 0.125f), s1.mul(0.5f));
    even.add(odd).intoArray(out, to + 5 * outStep);
    even.sub(odd).intoArray(out, to + 6 * outStep);
  }

  /**
   * The transpose of {@link #filters}: {@code lines} lines of the slopes of eight points each to
   * those of five taps each.
   */
  static void filterSlopes(
      int lines,
      float[] in,
      int from,
      int step,
      int line,
      float[] out,
      int to,
      int outStep,
      int outLine) {
    for (int i = 0; i < lines; i++) {
      filterSlopeLine(in, from + i * line, step, out, to + i * outLine, outStep);
    }
  }

  private static void filterSlopeLine(
      float[] in, int from, int step, float[] out, int to, int outStep) {
    FloatVector p1 = FloatVector.fromArray(FLOATS, in, from + step);
    FloatVector p2 = FloatVector.fromArray(FLOATS, in, from + 2 * step);
    FloatVector p3 = FloatVector.fromArray(FLOATS, in, from + 3 * step);
    FloatVector p4 = FloatVector.fromArray(FLOATS, in, from + 4 * step);
    FloatVector p5 = FloatVector.fromArray(FLOATS, in, from + 5 * step);
    FloatVector p6 = FloatVector.fromArray(FLOATS, in, from + 6 * step);
    FloatVector even1 = p1.add(p2).mul(-2f / 9);
    FloatVector odd1 = p1.sub(p2).mul(-2f / 9);
    FloatVector even2 = p3.add(p4).mul(1f / 90);
    FloatVector odd2 = p3.sub(p4).mul(1f / 90);
    FloatVector evenHalf = p5.add(p6).mul(32f / 45);
    FloatVector oddHalf = p5.sub(p6).mul(32f / 45);
    FloatVector.fromArray(FLOATS, in, from).add(even1).add(even2).add(evenHalf).intoArray(out, to);
    sum(odd1, odd2, 2, oddHalf, 0.5f).intoArray(out, to + outStep);
    sum(even1, even2, 4, evenHalf, 0.25f).intoArray(out, to + 2 * outStep);
    sum(odd1, odd2, 8, oddHalf, 0.125f).intoArray(out, to + 3 * outStep);
    sum(even1, even2, 16, evenHalf, 0.0625f)
        .add(FloatVector.fromArray(FLOATS, in, from + 7 * step))
        .intoArray(out, to + 4 * outStep);
  }

  private static FloatVector sum(
      FloatVector x, FloatVector y, float ofY, FloatVector z, float ofZ) {
    return y.fma(FloatVector.broadcast(FLOATS, ofY), z.fma(FloatVector.broadcast(FLOATS, ofZ), x));
  }

  /** Whether {@code count} vectors, and their sum, are finite. */
  static boolean finite(float[] x, int from, int count) {
    FloatVector sum = FloatVector.zero(FLOATS);
    for (int i = 0; i < count; i++) {
      sum = sum.add(FloatVector.fromArray(FLOATS, x, from + i * COUNT));
    }
    return !sum.sub(sum).test(VectorOperators.IS_NAN).anyTrue();
  }
}
