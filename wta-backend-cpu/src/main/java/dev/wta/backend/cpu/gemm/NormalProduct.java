package dev.wta.backend.cpu.gemm;

import dev.wta.backend.cpu.exec.Execution;
import dev.wta.backend.cpu.exec.Scratch;
import dev.wta.backend.cpu.memory.CpuTensor;
import dev.wta.backend.cpu.vector.LaneSums;
import dev.wta.backend.cpu.vector.Lanes;
import dev.wta.backend.cpu.vector.LinearKernels;
import dev.wta.backend.cpu.vector.RunningSum;
import java.util.Arrays;

/**
 * The product with a weighted normal matrix, in one pass over the samples: while eight of them are
 * in a near cache, their scores are computed, weighted, and the samples added up with them. Where
 * most weights are 0, only the scores that have one are computed: vector by vector over some dozens
 * of samples, so that a vector and its sums stay in L1. Samples that have no weight are not read.
 */
public final class NormalProduct {
  private static final int ROWS = ThinSums.ROWS;

  /** Of some samples' scores, one in this many must count for computing them all together. */
  private static final int SPARSE = 4;

  /** Samples that are worth a piece of work of their own, and that are looked at together. */
  private static final int PIECE = 64;

  /** Samples whose float32 sum is exact enough, if there are few; see {@link RunningSum}. */
  private static final int BLOCK = 2 * PIECE;

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

  public NormalProduct(
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

  public void run(Execution execution) {
    int parts = Math.clamp(samples / PIECE, 1, PARTS);
    int rows = Math.ceilDiv(Math.ceilDiv(samples, parts), ROWS) * ROWS;
    int size = vectors * columns;
    float[] sums = execution.shared.floats(Scratch.Use.PANELS, (long) parts * size);
    execution.workers.run(
        parts,
        (part, worker) -> {
          int end = Math.min(samples, (part + 1) * rows);
          addBlocks(part * rows, end, sums, part * size, execution.scratch(worker));
        });
    float[] result = out.array();
    execution.split(
        size,
        Execution.GRAIN,
        (i0, i1, worker) -> {
          int to = out.offset() + i0;
          System.arraycopy(sums, i0, result, to, i1 - i0);
          for (int part = 1; part < parts; part++) {
            LinearKernels.axpy(1, sums, part * size + i0, result, to, i1 - i0);
          }
        });
  }

  /** The sums of blocks of samples, added up. */
  private void addBlocks(int first, int end, float[] sums, int to, Scratch scratch) {
    int size = vectors * columns;
    int block = RunningSum.block(BLOCK, end - first) / PIECE * PIECE;
    Arrays.fill(sums, to, to + size, 0f);
    addPieces(first, Math.min(end, first + block), sums, to, scratch);
    for (int i = first + block; i < end; i += block) {
      float[] further = scratch.floats(Scratch.Use.BLOCK, size);
      Arrays.fill(further, 0, size, 0f);
      addPieces(i, Math.min(end, i + block), further, 0, scratch);
      LinearKernels.axpy(1, further, 0, sums, to, size);
    }
  }

  private void addPieces(int first, int end, float[] sums, int to, Scratch scratch) {
    for (int i = first; i < end; i += PIECE) {
      add(i, Math.min(PIECE, end - i), sums, to, scratch);
    }
  }

  private void add(int i, int rows, float[] sums, int to, Scratch scratch) {
    int from = weightStart + i * vectors;
    int counting = 0;
    for (int at = from; at < from + rows * vectors; at++) {
      counting += weights[at] != 0 ? 1 : 0;
    }
    if (counting * SPARSE < rows * vectors) {
      for (int c = 0; c < vectors; c++) {
        addWeighted(c, i, rows, sums, to + c * columns, scratch);
      }
      return;
    }
    int last = rows - rows % ROWS;
    for (int r = 0; r < last; r += ROWS) {
      addEight(i + r, sums, to, scratch);
    }
    for (int c = 0; c < vectors; c++) {
      addWeighted(c, i + last, rows - last, sums, to + c * columns, scratch);
    }
  }

  /** Eight samples, with all their scores. */
  private void addEight(int i, float[] sums, int to, Scratch scratch) {
    scoreAll(i, ThinDots.of(scratch));
    ThinSums.add(
        x,
        xStart + i * columns,
        columns,
        ROWS,
        columns,
        scores,
        scoreStart + i * vectors,
        vectors,
        sums,
        to);
  }

  /** Those of some samples whose scores by a vector have a weight, four at a time. */
  private void addWeighted(int c, int i, int rows, float[] sums, int to, Scratch scratch) {
    int[] weighted = scratch.ints(Scratch.Use.ROW, PIECE);
    float[] fours = scratch.floats(Scratch.Use.ROW, 4);
    int count = 0;
    for (int r = i; r < i + rows; r++) {
      int at = r * vectors + c;
      scores[scoreStart + at] = 0;
      if (weights[weightStart + at] != 0) {
        weighted[count++] = r;
      }
    }
    for (int first = 0; first < count; first += 4) {
      int present = Math.min(4, count - first);
      score(c, weighted, first, present, fours, scratch);
      int r0 = xStart + weighted[first] * columns;
      if (present == 4) {
        int r1 = xStart + weighted[first + 1] * columns;
        int r2 = xStart + weighted[first + 2] * columns;
        int r3 = xStart + weighted[first + 3] * columns;
        RowSums.four(x, r0, r1, r2, r3, fours, 0, true, sums, to, columns);
      } else {
        for (int j = 0; j < present; j++) {
          RowSums.one(x, xStart + weighted[first + j] * columns, fours, j, true, sums, to, columns);
        }
      }
    }
  }

  /** The weighted scores of up to four samples by a vector. */
  private void score(int c, int[] samples, int first, int present, float[] fours, Scratch scratch) {
    float[] lanes = scratch.floats(Scratch.Use.TILE, RowDots.LANES);
    int last = first + present - 1;
    int r0 = xStart + samples[first] * columns;
    int r1 = xStart + samples[Math.min(first + 1, last)] * columns;
    int r2 = xStart + samples[Math.min(first + 2, last)] * columns;
    int r3 = xStart + samples[last] * columns;
    Arrays.fill(fours, 0, 4, 0f);
    for (int j = 0; j < columns; j += DEPTH) {
      int length = Math.min(DEPTH, columns - j);
      int vector = vStart + c * columns + j;
      if (present == 1) {
        RowDots.one(x, r0 + j, v, vector, length, lanes);
      } else {
        RowDots.four(x, r0 + j, r1 + j, r2 + j, r3 + j, v, vector, length, lanes);
      }
      for (int q = 0; q < present; q++) {
        fours[q] += LaneSums.of(lanes, q * Lanes.COUNT);
      }
    }
    for (int q = 0; q < present; q++) {
      int at = samples[first + q] * vectors + c;
      fours[q] = weights[weightStart + at] * (fours[q] + bias[biasStart + c]);
      scores[scoreStart + at] = fours[q];
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
}
