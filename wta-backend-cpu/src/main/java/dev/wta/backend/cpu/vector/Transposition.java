package dev.wta.backend.cpu.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * Transposes matrices four by four numbers at a time, in registers, and in blocks of rows, so that
 * both sides stay in L1.
 */
public final class Transposition {
  private static final int BLOCK = 64;

  private static final VectorSpecies<Float> FOUR = FloatVector.SPECIES_128;

  // Which numbers of two vectors to interleave or join; those below 0 are the second's.
  private static final VectorShuffle<Float> LOW_LANES =
      VectorShuffle.fromValues(FOUR, 0, -4, 1, -3);
  private static final VectorShuffle<Float> HIGH_LANES =
      VectorShuffle.fromValues(FOUR, 2, -2, 3, -1);
  private static final VectorShuffle<Float> LOW_HALVES =
      VectorShuffle.fromValues(FOUR, 0, 1, -4, -3);
  private static final VectorShuffle<Float> HIGH_HALVES =
      VectorShuffle.fromValues(FOUR, 2, 3, -2, -1);

  private Transposition() {}

  /**
   * {@code out[j, i] = x[i, j]} for {@code x (rows, columns)}; strides run from one row to the
   * next.
   */
  public static void run(
      float[] x,
      int xStart,
      int xStride,
      int rows,
      int columns,
      float[] out,
      int outStart,
      int outStride) {
    int fours = columns & -4;
    for (int i0 = 0; i0 < rows; i0 += BLOCK) {
      int height = Math.min(BLOCK, rows - i0);
      int from = xStart + i0 * xStride;
      int to = outStart + i0;
      for (int j = 0; j < fours; j += 4) {
        four(x, from + j, xStride, height, out, to + j * outStride, outStride);
      }
      for (int j = fours; j < columns; j++) {
        one(x, from + j, xStride, 0, height, out, to + j * outStride);
      }
    }
  }

  /** Four columns to four rows. */
  private static void four(
      float[] x, int from, int xStride, int height, float[] out, int to, int outStride) {
    int fours = height & -4;
    for (int i = 0; i < fours; i += 4) {
      int at = from + i * xStride;
      FloatVector a = FloatVector.fromArray(FOUR, x, at);
      FloatVector b = FloatVector.fromArray(FOUR, x, at + xStride);
      FloatVector c = FloatVector.fromArray(FOUR, x, at + 2 * xStride);
      FloatVector d = FloatVector.fromArray(FOUR, x, at + 3 * xStride);
      FloatVector lowAB = a.rearrange(LOW_LANES, b);
      FloatVector lowCD = c.rearrange(LOW_LANES, d);
      FloatVector highAB = a.rearrange(HIGH_LANES, b);
      FloatVector highCD = c.rearrange(HIGH_LANES, d);
      lowAB.rearrange(LOW_HALVES, lowCD).intoArray(out, to + i);
      lowAB.rearrange(HIGH_HALVES, lowCD).intoArray(out, to + i + outStride);
      highAB.rearrange(LOW_HALVES, highCD).intoArray(out, to + i + 2 * outStride);
      highAB.rearrange(HIGH_HALVES, highCD).intoArray(out, to + i + 3 * outStride);
    }
    for (int j = 0; j < 4; j++) {
      one(x, from + j, xStride, fours, height, out, to + j * outStride);
    }
  }

  /** A column to a row, from its {@code i0}-th number on. */
  private static void one(
      float[] x, int from, int xStride, int i0, int height, float[] out, int to) {
    for (int i = i0; i < height; i++) {
      out[to + i] = x[from + i * xStride];
    }
  }
}
