package dev.wta.eval.dictionary;

import dev.wta.api.backend.Backend;
import dev.wta.api.op.Epilogue;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;

/**
 * The cosines of all rows of one dictionary with all rows of another, made by a backend's dense
 * product a block of rows at a time, so that they need not fit the memory.
 */
final class Cosines {
  /** 16 MiB a block. */
  private static final int NUMBERS_AT_ONCE = 1 << 22;

  private Cosines() {}

  /** Receives the cosines of one row. */
  @FunctionalInterface
  private interface Row {
    /**
     * @param cosines of row {@code row} with those of the other dictionary from {@code from}; used
     *     again afterwards
     */
    void accept(int row, float[] cosines, int from);
  }

  /**
   * For each row the row of another dictionary that it is closest to.
   *
   * @param cosine {@code (rows)}: of the two
   * @param at {@code (rows)}: which one, the first of equals
   */
  @SuppressWarnings("ArrayRecordComponent") // columns of a table, never compared
  record Closest(float[] cosine, int[] at) {
    /** The mean of the cosines. */
    double mean() {
      double sum = 0;
      for (float each : cosine) {
        sum += each;
      }
      return sum / cosine.length;
    }
  }

  /** The row of {@code others} with the largest cosine, for each row of {@code rows}. */
  static Closest closest(Backend backend, Dictionary rows, Dictionary others) {
    return closest(backend, rows, others, false, false);
  }

  /** The same by absolute cosine, which the result holds. */
  static Closest closestLine(Backend backend, Dictionary rows, Dictionary others) {
    return closest(backend, rows, others, true, false);
  }

  /**
   * The row of the same dictionary with the largest cosine, for each row, itself excepted. The only
   * row of a dictionary has none: 0, at -1.
   */
  static Closest closestOther(Backend backend, Dictionary rows) {
    return closest(backend, rows, rows, false, true);
  }

  private static Closest closest(
      Backend backend, Dictionary rows, Dictionary others, boolean absolute, boolean same) {
    float[] largest = new float[rows.size()];
    int[] at = new int[rows.size()];
    forEachRow(
        backend,
        rows,
        others,
        (row, cosines, from) -> {
          float best = Float.NEGATIVE_INFINITY;
          int place = -1;
          for (int j = 0; j < others.size(); j++) {
            float cosine = absolute ? Math.abs(cosines[from + j]) : cosines[from + j];
            if (cosine > best && !(same && j == row)) {
              best = cosine;
              place = j;
            }
          }
          largest[row] = place < 0 ? 0 : best;
          at[row] = place;
        });
    return new Closest(largest, at);
  }

  /** All cosines, {@code (rows, others)}. */
  static float[][] all(Backend backend, Dictionary rows, Dictionary others) {
    float[][] all = new float[rows.size()][others.size()];
    forEachRow(
        backend,
        rows,
        others,
        (row, cosines, from) -> System.arraycopy(cosines, from, all[row], 0, others.size()));
    return all;
  }

  private static void forEachRow(Backend backend, Dictionary rows, Dictionary others, Row each) {
    int block = Math.clamp(NUMBERS_AT_ONCE / others.size(), 1, rows.size());
    float[] cosines = new float[block * others.size()];
    try (Tensor left = rows.on(backend);
        Tensor right = others.on(backend);
        Tensor room = backend.memory().allocate(Shape.of(block, others.size()))) {
      for (int from = 0; from < rows.size(); from += block) {
        int count = Math.min(block, rows.size() - from);
        Tensor out = room.rows(0, count);
        backend.dense().gemm(left.rows(from, count), false, right, true, 1, 0, Epilogue.NONE, out);
        backend.memory().download(out, cosines, 0);
        for (int i = 0; i < count; i++) {
          each.accept(from + i, cosines, i * others.size());
        }
      }
    }
  }
}
