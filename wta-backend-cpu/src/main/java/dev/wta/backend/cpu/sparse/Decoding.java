package dev.wta.backend.cpu.sparse;

import static dev.wta.backend.cpu.vector.Lanes.COUNT;
import static dev.wta.backend.cpu.vector.Lanes.FLOATS;

import dev.wta.backend.cpu.exec.Execution;
import dev.wta.backend.cpu.exec.Scratch;
import dev.wta.backend.cpu.memory.CpuTensor;
import dev.wta.backend.cpu.memory.CpuWinners;
import dev.wta.backend.cpu.vector.LinearKernels;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * The linear decoder: each sample's output is the bias and the weighted rows of its winners. A
 * piece of work is a narrow strip of the outputs of all samples, whose sums stay in a near cache;
 * where there are more threads than strips, of some of the samples. The winners pass unit by unit,
 * in the order in which they are kept: a unit's strip of the weights is read once, in registers,
 * and added to the sums of the samples that it wins.
 */
public final class Decoding {
  /** The columns of a strip. */
  private static final int STRIP = 4 * COUNT;

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
    int strips = Math.ceilDiv(outputs, STRIP);
    int parts =
        Math.clamp(
            Math.ceilDiv(execution.workers.count(), Math.max(1, strips)),
            1,
            Math.max(1, samples / PART));
    execution.workers.run(
        strips * parts,
        (piece, worker) -> {
          int first = (int) ((long) samples * (piece % parts) / parts);
          int last = (int) ((long) samples * (piece % parts + 1) / parts);
          decode(piece / parts * STRIP, first, last, ends, blocks, execution.scratch(worker));
        });
  }

  /** A strip of the outputs of samples {@code first} to {@code last - 1}. */
  private void decode(int column, int first, int last, int[] ends, int blocks, Scratch scratch) {
    int columns = Math.min(STRIP, outputs - column);
    int size = (last - first) * STRIP;
    float[] sums = scratch.floats(Scratch.Use.TILE, size);
    for (int n = first; n < last; n++) {
      startFromBias(outStart + n * outputs + column, column, columns);
    }
    for (int block = 0; block < blocks; block++) {
      Arrays.fill(sums, 0, size, 0f);
      int from = block == 0 ? 0 : ends[block - 1];
      if (columns == STRIP) {
        addStrip(from, ends[block], column, first, last, sums);
      } else {
        for (int j = 0; j < columns; j += COUNT) {
          int present = Math.min(COUNT, columns - j);
          addVector(from, ends[block], column + j, first, last, sums, j, present);
        }
      }
      for (int n = first; n < last; n++) {
        int to = outStart + n * outputs + column;
        LinearKernels.axpy(1, sums, (n - first) * STRIP, out, to, columns);
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
  private void addStrip(int from, int to, int column, int first, int last, float[] sums) {
    int[] unitStart = winners.unitStart();
    int[] sample = winners.sample();
    for (int u = from; u < to; u++) {
      int end = unitStart[u + 1];
      int slot = firstSlot(unitStart[u], end, first);
      if (slot == end || sample[slot] >= last) {
        continue;
      }
      int row = weightStart + u * outputs + column;
      FloatVector w0 = FloatVector.fromArray(FLOATS, weights, row);
      FloatVector w1 = FloatVector.fromArray(FLOATS, weights, row + COUNT);
      FloatVector w2 = FloatVector.fromArray(FLOATS, weights, row + 2 * COUNT);
      FloatVector w3 = FloatVector.fromArray(FLOATS, weights, row + 3 * COUNT);
      for (; slot < end && sample[slot] < last; slot++) {
        FloatVector c = FloatVector.broadcast(FLOATS, coefficients[coefficientStart + slot]);
        int at = (sample[slot] - first) * STRIP;
        FloatVector s0 = c.fma(w0, FloatVector.fromArray(FLOATS, sums, at));
        FloatVector s1 = c.fma(w1, FloatVector.fromArray(FLOATS, sums, at + COUNT));
        FloatVector s2 = c.fma(w2, FloatVector.fromArray(FLOATS, sums, at + 2 * COUNT));
        FloatVector s3 = c.fma(w3, FloatVector.fromArray(FLOATS, sums, at + 3 * COUNT));
        s0.intoArray(sums, at);
        s1.intoArray(sums, at + COUNT);
        s2.intoArray(sums, at + 2 * COUNT);
        s3.intoArray(sums, at + 3 * COUNT);
      }
    }
  }

  /** As {@link #addStrip}, for one vector of columns of which {@code present} are there. */
  private void addVector(
      int from, int to, int column, int first, int last, float[] sums, int sum, int present) {
    int[] unitStart = winners.unitStart();
    int[] sample = winners.sample();
    VectorMask<Float> mask = FLOATS.indexInRange(0, present);
    for (int u = from; u < to; u++) {
      int end = unitStart[u + 1];
      int slot = firstSlot(unitStart[u], end, first);
      if (slot == end || sample[slot] >= last) {
        continue;
      }
      FloatVector w =
          FloatVector.fromArray(FLOATS, weights, weightStart + u * outputs + column, mask);
      for (; slot < end && sample[slot] < last; slot++) {
        FloatVector c = FloatVector.broadcast(FLOATS, coefficients[coefficientStart + slot]);
        int at = (sample[slot] - first) * STRIP + sum;
        c.fma(w, FloatVector.fromArray(FLOATS, sums, at)).intoArray(sums, at);
      }
    }
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
