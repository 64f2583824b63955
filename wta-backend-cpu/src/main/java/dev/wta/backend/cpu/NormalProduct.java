package dev.wta.backend.cpu;

import java.util.Arrays;

/**
 * The product with a weighted normal matrix, in one pass over the samples: while eight of them are
 * in a near cache, their scores are computed, weighted, and the samples added up with them. Where
 * most weights are 0, only the scores that have one are computed, one by one, and samples that have
 * none are not read.
 */
final class NormalProduct {
  private static final int ROWS = ThinSums.ROWS;

  /** Of eight samples' scores, one in this many must count for computing them all together. */
  private static final int SPARSE = 4;

  /** Samples that are worth a piece of work of their own. */
  private static final int PIECE = 64;

  /** The most pieces: each needs sums of its own. */
  private static final int PARTS = 32;

  /** Elements of a row that are summed in float32 before their sum is added to others. */
  private static final int DEPTH = 2048;

  private final float[] x;
  private final int xStart;
  private final float[] v;
  private final int vStart;
  private final float[] bias;
  private final int biasStart;
  private final float[] weights;
  private final int weightStart;
  private final float[] scores;
  private final int scoreStart;
  private final CpuTensor out;
  private final int samples;
  private final int columns;
  private final int vectors;

  NormalProduct(
      CpuTensor x,
      CpuTensor v,
      CpuTensor bias,
      CpuTensor weights,
      CpuTensor scores,
      CpuTensor out) {
    this.x = x.array();
    this.xStart = x.offset();
    this.v = v.array();
    this.vStart = v.offset();
    this.bias = bias.array();
    this.biasStart = bias.offset();
    this.weights = weights.array();
    this.weightStart = weights.offset();
    this.scores = scores.array();
    this.scoreStart = scores.offset();
    this.out = out;
    this.samples = x.rowCount();
    this.columns = x.rowSize();
    this.vectors = v.rowCount();
  }

  void run(Engine engine) {
    int parts = Math.clamp(samples / PIECE, 1, PARTS);
    int rows = Math.ceilDiv(Math.ceilDiv(samples, parts), ROWS) * ROWS;
    int size = vectors * columns;
    float[] sums = engine.shared.floats(Scratch.Use.PANELS, parts * size);
    engine.workers.run(
        parts,
        (part, worker) -> {
          int to = part * size;
          Arrays.fill(sums, to, to + size, 0);
          int end = Math.min(samples, (part + 1) * rows);
          for (int i = part * rows; i < end; i += ROWS) {
            add(i, Math.min(ROWS, end - i), sums, to, engine.scratch(worker));
          }
        });
    float[] result = out.array();
    engine.split(
        size,
        Engine.GRAIN,
        (i0, i1, worker) -> {
          int to = out.offset() + i0;
          System.arraycopy(sums, i0, result, to, i1 - i0);
          for (int part = 1; part < parts; part++) {
            LinearKernels.axpy(1, sums, part * size + i0, result, to, i1 - i0);
          }
        });
  }

  private void add(int i, int rows, float[] sums, int to, Scratch scratch) {
    int from = weightStart + i * vectors;
    int counting = 0;
    for (int at = from; at < from + rows * vectors; at++) {
      counting += weights[at] != 0 ? 1 : 0;
    }
    if (rows == ROWS && counting * SPARSE >= ROWS * vectors) {
      scoreAll(i, scratch.thinDots());
      ThinSums.add(
          x,
          xStart + i * columns,
          columns,
          rows,
          columns,
          scores,
          scoreStart + i * vectors,
          vectors,
          sums,
          to);
      return;
    }
    float[] lanes = scratch.floats(Scratch.Use.TILE, Lanes.COUNT);
    for (int r = i; r < i + rows; r++) {
      for (int c = 0; c < vectors; c++) {
        int at = r * vectors + c;
        float weight = weights[weightStart + at];
        float score = 0;
        if (weight != 0) {
          score = weight * (dot(r, c, lanes) + bias[biasStart + c]);
          LinearKernels.axpy(score, x, xStart + r * columns, sums, to + c * columns, columns);
        }
        scores[scoreStart + at] = score;
      }
    }
  }

  /** The weighted scores of eight samples. */
  private void scoreAll(int i, ThinDots dots) {
    for (int r = i; r < i + ROWS; r += ThinDots.ROWS) {
      for (int c = 0; c < vectors; c += ThinDots.COLUMNS) {
        int count = Math.min(ThinDots.COLUMNS, vectors - c);
        dots.clear();
        for (int j = 0; j < columns; j += DEPTH) {
          dots.add(
              x,
              xStart + r * columns + j,
              ThinDots.ROWS,
              v,
              vStart + c * columns + j,
              count,
              columns,
              Math.min(DEPTH, columns - j));
        }
        for (int q = 0; q < ThinDots.ROWS; q++) {
          for (int k = c; k < c + count; k++) {
            int at = (r + q) * vectors + k;
            scores[scoreStart + at] =
                weights[weightStart + at] * (dots.sum(q, k - c) + bias[biasStart + k]);
          }
        }
      }
    }
  }

  private float dot(int row, int vector, float[] lanes) {
    float sum = 0;
    for (int j = 0; j < columns; j += DEPTH) {
      int length = Math.min(DEPTH, columns - j);
      RowDots.one(x, xStart + row * columns + j, v, vStart + vector * columns + j, length, lanes);
      sum += LaneSums.of(lanes, 0);
    }
    return sum;
  }
}
