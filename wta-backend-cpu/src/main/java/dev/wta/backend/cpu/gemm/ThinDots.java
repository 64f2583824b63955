package dev.wta.backend.cpu.gemm;

import static dev.wta.backend.cpu.vector.Lanes.COUNT;

import dev.wta.backend.cpu.exec.Scratch;
import dev.wta.backend.cpu.tile.DotTile;
import dev.wta.backend.cpu.vector.LaneSums;
import dev.wta.backend.cpu.vector.Lanes;
import java.util.Arrays;

/**
 * The products of a few rows of a wide matrix with a few rows of a thin one. A wide row is read
 * where it stands, from its beginning to its end, as memory delivers it best; the lanes run along
 * it, so that no lane is idle however thin the other matrix is.
 */
public final class ThinDots {
  private static final DotTile TILE = DotTile.widest();

  /** The rows of the thin matrix that share a pass. */
  static final int COLUMNS = TILE.rows;

  /** The rows of the wide matrix that share a pass. */
  static final int ROWS = TILE.vectors;

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
    TILE.multiply(y, columns, 0, x, rows, 0, 1, bound, lanes);
    for (int r = 0; r < ROWS; r++) {
      for (int c = 0; c < COLUMNS; c++) {
        float sum = LaneSums.of(lanes, (c * ROWS + r) * COUNT);
        for (int i = bound; i < length; i++) {
          sum = Math.fma(x[rows[r] + i], y[columns[c] + i], sum);
        }
        sums[r * COLUMNS + c] += sum;
      }
    }
  }
}
