package dev.wta.backend.cpu.sparse;

import dev.wta.backend.cpu.exec.Execution;
import dev.wta.backend.cpu.exec.Scratch;
import dev.wta.backend.cpu.gemm.RowSums;
import dev.wta.backend.cpu.memory.CpuTensor;
import dev.wta.backend.cpu.memory.CpuWinners;
import dev.wta.backend.cpu.vector.LinearKernels;
import dev.wta.backend.cpu.vector.RunningSum;
import java.util.Arrays;

/**
 * The linear decoder: each sample's output is the bias and the weighted rows of its winners, four
 * rows at a time. The sum is a few kilobytes that stay in L1, and each winner's row is read once,
 * from one end to the other.
 */
public final class Decoding {
  /** Winners of a sample whose float32 sum is exact enough; see {@link RunningSum}. */
  private static final int BLOCK = 128;

  private final CpuWinners winners;
  private final CpuTensor coefficients;
  private final CpuTensor weights; // (units, outputs)
  private final CpuTensor bias; // (outputs), or null
  private final CpuTensor out; // (samples, outputs)
  private final int outputs;

  public Decoding(
      CpuWinners winners,
      CpuTensor coefficients,
      CpuTensor weights,
      CpuTensor bias,
      CpuTensor out) {
    this.winners = winners;
    this.coefficients = coefficients;
    this.weights = weights;
    this.bias = bias;
    this.out = out;
    this.outputs = out.rowSize();
  }

  public void run(Execution execution) {
    winners.indexBySample();
    int samples = winners.samples();
    int perSample = Math.max(1, winners.count() / Math.max(1, samples));
    execution.splitRows(
        samples,
        (long) perSample * outputs,
        (from, to, worker) -> {
          for (int n = from; n < to; n++) {
            decode(n, execution.scratch(worker));
          }
        });
  }

  private void decode(int n, Scratch scratch) {
    int start = winners.sampleStart()[n];
    int count = winners.sampleStart()[n + 1] - start;
    float[] c = scratch.floats(Scratch.Use.CANDIDATES, count);
    int[] rows = scratch.ints(Scratch.Use.CANDIDATES, count);
    for (int i = 0; i < count; i++) {
      int slot = winners.bySample()[start + i];
      c[i] = coefficients.array()[coefficients.offset() + slot];
      rows[i] = weights.offset() + winners.unit()[slot] * outputs;
    }
    float[] sums = out.array();
    int to = out.offset() + n * outputs;
    startFromBias(sums, to);
    float[] sum = scratch.floats(Scratch.Use.ROW, outputs);
    int block = RunningSum.block(BLOCK, count);
    for (int i = 0; i < count; i += block) {
      RowSums.of(weights.array(), rows, i, Math.min(count, i + block), c, sum, outputs);
      LinearKernels.axpy(1, sum, 0, sums, to, outputs);
    }
  }

  private void startFromBias(float[] sums, int to) {
    if (bias == null) {
      Arrays.fill(sums, to, to + outputs, 0f);
    } else {
      System.arraycopy(bias.array(), bias.offset(), sums, to, outputs);
    }
  }
}
