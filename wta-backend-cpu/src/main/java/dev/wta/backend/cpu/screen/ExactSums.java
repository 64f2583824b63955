package dev.wta.backend.cpu.screen;

import dev.wta.backend.cpu.exec.Execution;
import dev.wta.backend.cpu.exec.Scratch;
import dev.wta.backend.cpu.gemm.SumOrder;
import dev.wta.backend.cpu.memory.CpuTensor;
import dev.wta.backend.cpu.vector.Transposition;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Computes single activations to the bit as the float32 product does. Its runs of terms are chains
 * that depend on nothing else, so four of them are the lanes of a vector: rows are laid out with
 * the terms of four runs side by side, {@code (quads, longest run, 4)}, and zeros where a run is
 * shorter or missing. A zero that is added to a chain changes no number but the sign of a zero,
 * which no winner has.
 */
final class ExactSums {
  private static final VectorSpecies<Float> FOUR = FloatVector.SPECIES_128;
  private static final int LANES = 4;

  /** The most samples whose chains run beside one another. */
  private static final int SAMPLES = 8;

  private final SumOrder order;
  private final int quads;
  private final int steps; // floats of the longest run of a quad
  private final int rowSize; // of a row that is laid out
  private final float[] batch; // (samples, rowSize)
  private final CpuTensor weights;
  private final CpuTensor bias;

  /** Lays out the batch. */
  ExactSums(Execution execution, SumOrder order, Batch of) {
    this.order = order;
    this.quads = Math.ceilDiv(order.runCount(), LANES);
    this.steps = order.longest() * LANES;
    this.rowSize = quads * steps;
    this.weights = of.weights();
    this.bias = of.bias();
    CpuTensor x = of.x();
    int samples = x.rowCount();
    this.batch = execution.shared.floats(Scratch.Use.PANELS, (long) samples * rowSize);
    execution.splitRows(
        samples,
        rowSize,
        (from, to, worker) -> {
          for (int n = from; n < to; n++) {
            layOut(x, n, batch, n * rowSize);
          }
        });
  }

  /**
   * {@code out[i]} is the activation of {@code unit} and {@code samples[i]} before the rectifier.
   *
   * @param samples {@code count} of them from {@code from}
   * @param out from {@code to}
   */
  void unit(int unit, int[] samples, int from, int count, float[] out, int to, Scratch scratch) {
    float[] row = scratch.floats(Scratch.Use.ROWS, rowSize);
    float[] sums = scratch.floats(Scratch.Use.PRODUCT, (long) SAMPLES * quads * LANES);
    layOut(weights, unit, row, 0);
    float shift = bias.array()[bias.offset() + unit];
    for (int i = 0; i < count; i += SAMPLES) {
      int present = Math.min(SAMPLES, count - i);
      for (int quad = 0; quad < quads; quad++) {
        multiply(row, quad * steps, samples, from + i, present, sums, quad * LANES);
      }
      for (int j = 0; j < present; j++) {
        out[to + i + j] = order.add(sums, j * quads * LANES, shift);
      }
    }
  }

  /** Lays out a row: the terms of each quad's four runs beside one another, then zeros. */
  private void layOut(CpuTensor matrix, int row, float[] out, int to) {
    float[] x = matrix.array();
    int from = matrix.offset() + row * matrix.rowSize();
    for (int quad = 0; quad < quads; quad++) {
      int first = order.runs()[quad * LANES];
      int beside = terms(quad);
      if (from + first + LANES * beside > x.length) {
        beside = 0; // a lane without a run would be read from beyond the array
      }
      int at = to + quad * steps;
      Transposition.run(x, from + first, beside, LANES, beside, out, at, LANES);
      for (int lane = 0; lane < LANES; lane++) {
        layOutRest(x, from, quad * LANES + lane, beside, out, at + lane);
      }
    }
  }

  /** The terms that each run of a quad has at least, if the runs begin so many apart; else 0. */
  private int terms(int quad) {
    int first = quad * LANES;
    int last = Math.min(first + LANES, order.runCount());
    int terms = order.runs()[first + 1] - order.runs()[first];
    for (int run = first; run < last; run++) {
      boolean apart = order.runs()[run] == order.runs()[first] + (run - first) * terms;
      if (!apart || order.runs()[run + 1] - order.runs()[run] < terms) {
        return 0;
      }
    }
    return terms;
  }

  /** Lays out a run from its term {@code done} on. A lane without a run is never added up. */
  private void layOutRest(float[] x, int from, int run, int done, float[] out, int to) {
    int at = to + done * LANES;
    if (run < order.runCount()) {
      for (int p = order.runs()[run] + done; p < order.runs()[run + 1]; p++) {
        out[at] = x[from + p];
        at += LANES;
      }
    }
    for (int end = to + steps; at < end; at += LANES) {
      out[at] = 0;
    }
  }

  /** One quad's chains of up to eight samples. */
  private void multiply(
      float[] row, int at, int[] samples, int from, int present, float[] sums, int to) {
    int[] starts = new int[SAMPLES];
    for (int j = 0; j < SAMPLES; j++) {
      starts[j] = samples[from + Math.min(j, present - 1)] * rowSize + at;
    }
    int stride = quads * LANES;
    if (present <= SAMPLES / 2) {
      four(row, at, batch, starts, steps, sums, to, stride);
    } else {
      eight(row, at, batch, starts, steps, sums, to, stride);
    }
  }

  private static void four(
      float[] w, int at, float[] x, int[] starts, int steps, float[] sums, int to, int stride) {
    int x0 = starts[0];
    int x1 = starts[1];
    int x2 = starts[2];
    int x3 = starts[3];
    FloatVector s0 = FloatVector.zero(FOUR);
    FloatVector s1 = FloatVector.zero(FOUR);
    FloatVector s2 = FloatVector.zero(FOUR);
    FloatVector s3 = FloatVector.zero(FOUR);
    for (int i = 0; i < steps; i += LANES) {
      FloatVector shared = FloatVector.fromArray(FOUR, w, at + i);
      s0 = FloatVector.fromArray(FOUR, x, x0 + i).fma(shared, s0);
      s1 = FloatVector.fromArray(FOUR, x, x1 + i).fma(shared, s1);
      s2 = FloatVector.fromArray(FOUR, x, x2 + i).fma(shared, s2);
      s3 = FloatVector.fromArray(FOUR, x, x3 + i).fma(shared, s3);
    }
    s0.intoArray(sums, to);
    s1.intoArray(sums, to + stride);
    s2.intoArray(sums, to + 2 * stride);
    s3.intoArray(sums, to + 3 * stride);
  }

  private static void eight(
      float[] w, int at, float[] x, int[] starts, int steps, float[] sums, int to, int stride) {
    int x0 = starts[0];
    int x1 = starts[1];
    int x2 = starts[2];
    int x3 = starts[3];
    int x4 = starts[4];
    int x5 = starts[5];
    int x6 = starts[6];
    int x7 = starts[7];
    FloatVector s0 = FloatVector.zero(FOUR);
    FloatVector s1 = FloatVector.zero(FOUR);
    FloatVector s2 = FloatVector.zero(FOUR);
    FloatVector s3 = FloatVector.zero(FOUR);
    FloatVector s4 = FloatVector.zero(FOUR);
    FloatVector s5 = FloatVector.zero(FOUR);
    FloatVector s6 = FloatVector.zero(FOUR);
    FloatVector s7 = FloatVector.zero(FOUR);
    for (int i = 0; i < steps; i += LANES) {
      FloatVector shared = FloatVector.fromArray(FOUR, w, at + i);
      s0 = FloatVector.fromArray(FOUR, x, x0 + i).fma(shared, s0);
      s1 = FloatVector.fromArray(FOUR, x, x1 + i).fma(shared, s1);
      s2 = FloatVector.fromArray(FOUR, x, x2 + i).fma(shared, s2);
      s3 = FloatVector.fromArray(FOUR, x, x3 + i).fma(shared, s3);
      s4 = FloatVector.fromArray(FOUR, x, x4 + i).fma(shared, s4);
      s5 = FloatVector.fromArray(FOUR, x, x5 + i).fma(shared, s5);
      s6 = FloatVector.fromArray(FOUR, x, x6 + i).fma(shared, s6);
      s7 = FloatVector.fromArray(FOUR, x, x7 + i).fma(shared, s7);
    }
    s0.intoArray(sums, to);
    s1.intoArray(sums, to + stride);
    s2.intoArray(sums, to + 2 * stride);
    s3.intoArray(sums, to + 3 * stride);
    s4.intoArray(sums, to + 4 * stride);
    s5.intoArray(sums, to + 5 * stride);
    s6.intoArray(sums, to + 6 * stride);
    s7.intoArray(sums, to + 7 * stride);
  }
}
