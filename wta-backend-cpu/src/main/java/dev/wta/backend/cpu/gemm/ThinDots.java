package dev.wta.backend.cpu.gemm;

import static dev.wta.backend.cpu.vector.Lanes.COUNT;
import static dev.wta.backend.cpu.vector.Lanes.FLOATS;

import dev.wta.backend.cpu.exec.Scratch;
import dev.wta.backend.cpu.vector.LaneSums;
import dev.wta.backend.cpu.vector.Lanes;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/**
 * The products of a few rows of a wide matrix with a few rows of a thin one. A wide row is read
 * where it stands, from its beginning to its end, as memory delivers it best; the lanes run along
 * it, so that no lane is idle however thin the other matrix is.
 */
public final class ThinDots {
  /** The rows of the wide matrix that share a pass, as many as the registers have room for. */
  static final int ROWS = FLOATS.vectorBitSize() >= 512 ? 4 : 2;

  /** The rows of the thin matrix that share a pass. */
  static final int COLUMNS = 5;

  private final int[] rows = new int[ROWS];
  private final int[] columns = new int[COLUMNS];
  private final float[] lanes = new float[ROWS * COLUMNS * COUNT];
  private final float[] sums = new float[ROWS * COLUMNS];

  /** The one of a thread. */
  static ThinDots of(Scratch scratch) {
    return scratch.helper(ThinDots.class, ThinDots::new);
  }

  /** Sets all sums to 0. */
  void clear() {
    Arrays.fill(sums, 0);
  }

  /** What {@link #add} has added up for a row of the wide matrix and one of the thin one. */
  float sum(int row, int column) {
    return sums[row * COLUMNS + column];
  }

  /**
   * {@code sum(r, c) += x[r] . y[c]} over {@code length} elements, for at most {@link #ROWS} rows
   * of {@code x} from {@code xAt} and {@link #COLUMNS} of {@code y} from {@code yAt}.
   *
   * @param stride from one row to the next, of {@code x} and of {@code y}
   */
  void add(float[] x, int xAt, int xRows, float[] y, int yAt, int yRows, int stride, int length) {
    // Where rows are missing the last one is multiplied again, and nobody asks for the result.
    for (int r = 0; r < ROWS; r++) {
      rows[r] = xAt + Math.min(r, xRows - 1) * stride;
    }
    for (int c = 0; c < COLUMNS; c++) {
      columns[c] = yAt + Math.min(c, yRows - 1) * stride;
    }
    int bound = Lanes.bound(length);
    if (ROWS == 4) {
      four(x, rows, y, columns, bound, lanes);
    } else {
      two(x, rows, y, columns, bound, lanes);
    }
    for (int r = 0; r < ROWS; r++) {
      for (int c = 0; c < COLUMNS; c++) {
        float sum = LaneSums.of(lanes, (r * COLUMNS + c) * COUNT);
        for (int i = bound; i < length; i++) {
          sum = Math.fma(x[rows[r] + i], y[columns[c] + i], sum);
        }
        sums[r * COLUMNS + c] += sum;
      }
    }
  }

  private static void four(
      float[] x, int[] rows, float[] y, int[] columns, int length, float[] lanes) {
    int r0 = rows[0];
    int r1 = rows[1];
    int r2 = rows[2];
    int r3 = rows[3];
    int c0 = columns[0];
    int c1 = columns[1];
    int c2 = columns[2];
    int c3 = columns[3];
    int c4 = columns[4];
    FloatVector s00 = FloatVector.zero(FLOATS);
    FloatVector s01 = FloatVector.zero(FLOATS);
    FloatVector s02 = FloatVector.zero(FLOATS);
    FloatVector s03 = FloatVector.zero(FLOATS);
    FloatVector s04 = FloatVector.zero(FLOATS);
    FloatVector s10 = FloatVector.zero(FLOATS);
    FloatVector s11 = FloatVector.zero(FLOATS);
    FloatVector s12 = FloatVector.zero(FLOATS);
    FloatVector s13 = FloatVector.zero(FLOATS);
    FloatVector s14 = FloatVector.zero(FLOATS);
    FloatVector s20 = FloatVector.zero(FLOATS);
    FloatVector s21 = FloatVector.zero(FLOATS);
    FloatVector s22 = FloatVector.zero(FLOATS);
    FloatVector s23 = FloatVector.zero(FLOATS);
    FloatVector s24 = FloatVector.zero(FLOATS);
    FloatVector s30 = FloatVector.zero(FLOATS);
    FloatVector s31 = FloatVector.zero(FLOATS);
    FloatVector s32 = FloatVector.zero(FLOATS);
    FloatVector s33 = FloatVector.zero(FLOATS);
    FloatVector s34 = FloatVector.zero(FLOATS);
    for (int i = 0; i < length; i += COUNT) {
      FloatVector x0 = FloatVector.fromArray(FLOATS, x, r0 + i);
      FloatVector x1 = FloatVector.fromArray(FLOATS, x, r1 + i);
      FloatVector x2 = FloatVector.fromArray(FLOATS, x, r2 + i);
      FloatVector x3 = FloatVector.fromArray(FLOATS, x, r3 + i);
      FloatVector shared = FloatVector.fromArray(FLOATS, y, c0 + i);
      s00 = x0.fma(shared, s00);
      s10 = x1.fma(shared, s10);
      s20 = x2.fma(shared, s20);
      s30 = x3.fma(shared, s30);
      shared = FloatVector.fromArray(FLOATS, y, c1 + i);
      s01 = x0.fma(shared, s01);
      s11 = x1.fma(shared, s11);
      s21 = x2.fma(shared, s21);
      s31 = x3.fma(shared, s31);
      shared = FloatVector.fromArray(FLOATS, y, c2 + i);
      s02 = x0.fma(shared, s02);
      s12 = x1.fma(shared, s12);
      s22 = x2.fma(shared, s22);
      s32 = x3.fma(shared, s32);
      shared = FloatVector.fromArray(FLOATS, y, c3 + i);
      s03 = x0.fma(shared, s03);
      s13 = x1.fma(shared, s13);
      s23 = x2.fma(shared, s23);
      s33 = x3.fma(shared, s33);
      shared = FloatVector.fromArray(FLOATS, y, c4 + i);
      s04 = x0.fma(shared, s04);
      s14 = x1.fma(shared, s14);
      s24 = x2.fma(shared, s24);
      s34 = x3.fma(shared, s34);
    }
    s00.intoArray(lanes, 0);
    s01.intoArray(lanes, COUNT);
    s02.intoArray(lanes, 2 * COUNT);
    s03.intoArray(lanes, 3 * COUNT);
    s04.intoArray(lanes, 4 * COUNT);
    s10.intoArray(lanes, 5 * COUNT);
    s11.intoArray(lanes, 6 * COUNT);
    s12.intoArray(lanes, 7 * COUNT);
    s13.intoArray(lanes, 8 * COUNT);
    s14.intoArray(lanes, 9 * COUNT);
    s20.intoArray(lanes, 10 * COUNT);
    s21.intoArray(lanes, 11 * COUNT);
    s22.intoArray(lanes, 12 * COUNT);
    s23.intoArray(lanes, 13 * COUNT);
    s24.intoArray(lanes, 14 * COUNT);
    s30.intoArray(lanes, 15 * COUNT);
    s31.intoArray(lanes, 16 * COUNT);
    s32.intoArray(lanes, 17 * COUNT);
    s33.intoArray(lanes, 18 * COUNT);
    s34.intoArray(lanes, 19 * COUNT);
  }

  /** Where there are sixteen registers. */
  private static void two(
      float[] x, int[] rows, float[] y, int[] columns, int length, float[] lanes) {
    int r0 = rows[0];
    int r1 = rows[1];
    int c0 = columns[0];
    int c1 = columns[1];
    int c2 = columns[2];
    int c3 = columns[3];
    int c4 = columns[4];
    FloatVector s00 = FloatVector.zero(FLOATS);
    FloatVector s01 = FloatVector.zero(FLOATS);
    FloatVector s02 = FloatVector.zero(FLOATS);
    FloatVector s03 = FloatVector.zero(FLOATS);
    FloatVector s04 = FloatVector.zero(FLOATS);
    FloatVector s10 = FloatVector.zero(FLOATS);
    FloatVector s11 = FloatVector.zero(FLOATS);
    FloatVector s12 = FloatVector.zero(FLOATS);
    FloatVector s13 = FloatVector.zero(FLOATS);
    FloatVector s14 = FloatVector.zero(FLOATS);
    for (int i = 0; i < length; i += COUNT) {
      FloatVector x0 = FloatVector.fromArray(FLOATS, x, r0 + i);
      FloatVector x1 = FloatVector.fromArray(FLOATS, x, r1 + i);
      FloatVector shared = FloatVector.fromArray(FLOATS, y, c0 + i);
      s00 = x0.fma(shared, s00);
      s10 = x1.fma(shared, s10);
      shared = FloatVector.fromArray(FLOATS, y, c1 + i);
      s01 = x0.fma(shared, s01);
      s11 = x1.fma(shared, s11);
      shared = FloatVector.fromArray(FLOATS, y, c2 + i);
      s02 = x0.fma(shared, s02);
      s12 = x1.fma(shared, s12);
      shared = FloatVector.fromArray(FLOATS, y, c3 + i);
      s03 = x0.fma(shared, s03);
      s13 = x1.fma(shared, s13);
      shared = FloatVector.fromArray(FLOATS, y, c4 + i);
      s04 = x0.fma(shared, s04);
      s14 = x1.fma(shared, s14);
    }
    s00.intoArray(lanes, 0);
    s01.intoArray(lanes, COUNT);
    s02.intoArray(lanes, 2 * COUNT);
    s03.intoArray(lanes, 3 * COUNT);
    s04.intoArray(lanes, 4 * COUNT);
    s10.intoArray(lanes, 5 * COUNT);
    s11.intoArray(lanes, 6 * COUNT);
    s12.intoArray(lanes, 7 * COUNT);
    s13.intoArray(lanes, 8 * COUNT);
    s14.intoArray(lanes, 9 * COUNT);
  }
}
