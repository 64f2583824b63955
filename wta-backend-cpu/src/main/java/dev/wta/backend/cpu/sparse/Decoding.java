package dev.wta.backend.cpu.sparse;

import static dev.wta.backend.cpu.vector.Lanes.COUNT;
import static dev.wta.backend.cpu.vector.Lanes.FLOATS;

import dev.wta.backend.cpu.exec.Execution;
import dev.wta.backend.cpu.exec.Scratch;
import dev.wta.backend.cpu.memory.CpuTensor;
import dev.wta.backend.cpu.memory.CpuWinners;
import dev.wta.backend.cpu.vector.Lanes;
import dev.wta.backend.cpu.vector.LinearKernels;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * The linear decoder: each sample's output is the bias and the weighted rows of its winners. A
 * piece of work is a strip of the outputs of some samples, whose sums stay in L2. The winners pass
 * unit by unit, in the order in which they are kept: a unit's strip of the weights is read once,
 * from one end to the other as the processor fetches ahead, and added to the sums of the samples
 * that it wins.
 */
public final class Decoding {
  /** The columns that are added at once. */
  private static final int STEP = 4 * COUNT;

  /** Bytes of a piece's sums. */
  private static final int SUMS = 768 << 10;

  /**
   * Columns of a strip where there are enough for all threads, whatever the number of samples: rows
   * of 64 columns took twice as long to fetch.
   */
  private static final int WIDE = 384;

  /**
   * Winners of a sample whose float32 sum is still exact enough, even if every rounding errs the
   * same way; the sums of more are added up.
   */
  private static final int BLOCK = 128;

  /** Samples that are worth a piece of work. */
  private static final int PART = 16;

  private final CpuWinners winners;
  private final float[] coefficients;
  private final int coefficientStart;
  private final float[] weights; // (units, outputs)
  private final int weightStart;
  private final CpuTensor bias; // (outputs), or null
  private final float[] out; // (samples, outputs)
  private final int outStart;
  private final int outputs;

  public Decoding(
      CpuWinners winners,
      CpuTensor coefficients,
      CpuTensor weights,
      CpuTensor bias,
      CpuTensor out) {
    this.winners = winners;
    this.coefficients = coefficients.array();
    this.coefficientStart = coefficients.offset();
    this.weights = weights.array();
    this.weightStart = weights.offset();
    this.bias = bias;
    this.out = out.array();
    this.outStart = out.offset();
    this.outputs = out.rowSize();
  }

  public void run(Execution execution) {
    int samples = winners.samples();
    int[] ends = execution.shared.ints(Scratch.Use.ROW, winners.units());
    int blocks = cutUnits(execution.shared.ints(Scratch.Use.COUNTS, samples), ends);
    int workers = execution.workers.count();
    int strip = strip(samples, workers);
    int strips = Math.ceilDiv(outputs, strip);
    int parts =
        Math.clamp(
            Math.max(
                Math.ceilDiv(workers, Math.max(1, strips)),
                (int) ((long) samples * strip * Float.BYTES / SUMS)),
            1,
            Math.max(1, samples / PART));
    execution.workers.run(
        strips * parts,
        (piece, worker) -> {
          int first = (int) ((long) samples * (piece % parts) / parts);
          int last = (int) ((long) samples * (piece % parts + 1) / parts);
          int column = piece / parts * strip;
          int columns = Math.min(strip, outputs - column);
          decode(column, columns, first, last, ends, blocks, execution.scratch(worker));
        });
  }

  /** The columns of a strip: as many as suit the sums, and strips for all threads. */
  private int strip(int samples, int workers) {
    int steps = Math.max(1, Math.ceilDiv(outputs, STEP));
    int widest = Math.max(WIDE, SUMS / Float.BYTES / Math.max(1, samples));
    int strips = Math.ceilDiv(Math.ceilDiv(outputs, widest), workers) * workers;
    return Math.ceilDiv(steps, Math.clamp(strips, 1, steps)) * STEP;
  }

  /** A strip of the outputs of samples {@code first} to {@code last - 1}. */
  private void decode(
      int column, int columns, int first, int last, int[] ends, int blocks, Scratch scratch) {
    int stride = Lanes.padded(columns);
    int size = (last - first) * stride;
    float[] sums = scratch.floats(Scratch.Use.TILE, size);
    for (int n = first; n < last; n++) {
      startFromBias(outStart + n * outputs + column, column, columns);
    }
    for (int block = 0; block < blocks; block++) {
      Arrays.fill(sums, 0, size, 0f);
      int from = block == 0 ? 0 : ends[block - 1];
      add(from, ends[block], column, columns, first, last, sums, stride);
      for (int n = first; n < last; n++) {
        int to = outStart + n * outputs + column;
        LinearKernels.axpy(1, sums, (n - first) * stride, out, to, columns);
      }
    }
  }

  /**
   * Cuts the units into blocks in which no sample has more than {@link #BLOCK} winners.
   *
   * @param counts room for a number of each sample
   * @param ends where each block ends
   * @return how many blocks there are
   */
  private int cutUnits(int[] counts, int[] ends) {
    Arrays.fill(counts, 0, winners.samples(), 0);
    int blocks = 0;
    for (int u = 0; u < winners.units(); u++) {
      boolean full = false;
      int end = winners.unitStart()[u + 1];
      for (int slot = winners.unitStart()[u]; slot < end; slot++) {
        full |= ++counts[winners.sample()[slot]] == BLOCK;
      }
      if (full || u == winners.units() - 1) {
        ends[blocks++] = u + 1;
        Arrays.fill(counts, 0, winners.samples(), 0);
      }
    }
    return blocks;
  }

  private void startFromBias(int at, int column, int columns) {
    if (bias == null) {
      Arrays.fill(out, at, at + columns, 0f);
    } else {
      System.arraycopy(bias.array(), bias.offset() + column, out, at, columns);
    }
  }

  /**
   * Adds the winners of units {@code from} to {@code to - 1} to the sums of a strip. A unit's
   * winners are in the order of the samples; its weights are read only if there are some among
   * samples {@code first} to {@code last - 1}.
   */
  private void add(
      int from, int to, int column, int columns, int first, int last, float[] sums, int stride) {
    int[] unitStart = winners.unitStart();
    int[] sample = winners.sample();
    int steps = columns - columns % STEP;
    for (int u = from; u < to; u++) {
      int end = unitStart[u + 1];
      int row = weightStart + u * outputs + column;
      for (int slot = firstSlot(unitStart[u], end, first);
          slot < end && sample[slot] < last;
          slot++) {
        float c = coefficients[coefficientStart + slot];
        int at = (sample[slot] - first) * stride;
        addSteps(c, row, sums, at, steps);
        if (steps < columns) {
          addRest(c, row + steps, sums, at + steps, columns - steps);
        }
      }
    }
  }

  /** {@code sums += c w} for whole steps of columns. */
  private void addSteps(float c, int row, float[] sums, int at, int columns) {
    FloatVector factor = FloatVector.broadcast(FLOATS, c);
    for (int j = 0; j < columns; j += STEP) {
      int to = at + j;
      int w = row + j;
      FloatVector s0 = factor.fma(vector(weights, w), vector(sums, to));
      FloatVector s1 = factor.fma(vector(weights, w + COUNT), vector(sums, to + COUNT));
      FloatVector s2 = factor.fma(vector(weights, w + 2 * COUNT), vector(sums, to + 2 * COUNT));
      FloatVector s3 = factor.fma(vector(weights, w + 3 * COUNT), vector(sums, to + 3 * COUNT));
      s0.intoArray(sums, to);
      s1.intoArray(sums, to + COUNT);
      s2.intoArray(sums, to + 2 * COUNT);
      s3.intoArray(sums, to + 3 * COUNT);
    }
  }

  /** The same for fewer columns than a step, the last vector of which may lack some. */
  private void addRest(float c, int row, float[] sums, int at, int columns) {
    FloatVector factor = FloatVector.broadcast(FLOATS, c);
    for (int j = 0; j < columns; j += COUNT) {
      VectorMask<Float> mask = FLOATS.indexInRange(j, columns);
      FloatVector w = FloatVector.fromArray(FLOATS, weights, row + j, mask);
      factor.fma(w, vector(sums, at + j)).intoArray(sums, at + j);
    }
  }

  private static FloatVector vector(float[] array, int at) {
    return FloatVector.fromArray(FLOATS, array, at);
  }

  /** The first of a unit's slots whose sample is not below {@code first}; the end if none is. */
  private int firstSlot(int start, int end, int first) {
    int slot = start;
    while (slot < end && winners.sample()[slot] < first) {
      slot++;
    }
    return slot;
  }
}
