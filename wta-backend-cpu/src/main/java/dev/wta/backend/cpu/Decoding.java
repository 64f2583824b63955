package dev.wta.backend.cpu;

import java.util.Arrays;

/**
 * The linear decoder: each sample's output is the bias and the weighted rows of its winners, four
 * rows at a time. The winners of a sample are in the order of their units, so that samples that are
 * decoded side by side read the same rows while they are in the cache.
 */
final class Decoding {
  private final CpuWinners winners;
  private final float[] coefficients;
  private final int coefficientStart;
  private final float[] weights; // (units, outputs)
  private final int weightStart;
  private final CpuTensor bias; // (outputs), or null
  private final float[] out; // (samples, outputs)
  private final int outStart;
  private final int outputs;

  Decoding(
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

  void run(Engine engine) {
    engine.split(
        winners.samples(),
        1,
        (from, to, worker) -> {
          for (int n = from; n < to; n++) {
            decode(n);
          }
        });
  }

  private void decode(int n) {
    int to = outStart + n * outputs;
    if (bias == null) {
      Arrays.fill(out, to, to + outputs, 0f);
    } else {
      System.arraycopy(bias.array(), bias.offset(), out, to, outputs);
    }
    int[] slots = winners.bySample();
    int end = winners.sampleStart()[n + 1];
    int i = winners.sampleStart()[n];
    for (; i + 4 <= end; i += 4) {
      RowKernels.addFour(
          weights,
          coefficient(slots[i]),
          row(slots[i]),
          coefficient(slots[i + 1]),
          row(slots[i + 1]),
          coefficient(slots[i + 2]),
          row(slots[i + 2]),
          coefficient(slots[i + 3]),
          row(slots[i + 3]),
          out,
          to,
          outputs);
    }
    for (; i < end; i++) {
      LinearKernels.axpy(coefficient(slots[i]), weights, row(slots[i]), out, to, outputs);
    }
  }

  private float coefficient(int slot) {
    return coefficients[coefficientStart + slot];
  }

  private int row(int slot) {
    return weightStart + winners.unit()[slot] * outputs;
  }
}
