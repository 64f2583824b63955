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
            decode(n, engine.scratch(worker).weightedRows());
          }
        });
  }

  private void decode(int n, WeightedRows rows) {
    int to = outStart + n * outputs;
    if (bias == null) {
      Arrays.fill(out, to, to + outputs, 0f);
    } else {
      System.arraycopy(bias.array(), bias.offset(), out, to, outputs);
    }
    rows.clear();
    for (int i = winners.sampleStart()[n]; i < winners.sampleStart()[n + 1]; i++) {
      int slot = winners.bySample()[i];
      rows.add(coefficients[coefficientStart + slot], weightStart + winners.unit()[slot] * outputs);
    }
    rows.addTo(weights, out, to, outputs);
  }
}
