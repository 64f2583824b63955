package dev.wta.backend.cpu;

import java.util.Arrays;

/**
 * The linear decoder: each sample's output is the bias and the weighted rows of its winners. A
 * piece of work is a strip of the outputs for many samples: the weights' strip, which they share,
 * then comes from the second cache, and from memory only once.
 */
final class Decoding {
  /** Samples of a piece of work. */
  private static final int SAMPLES = 256;

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
    WeightedRows rows = engine.shared.weightedRows();
    rows.clear();
    int samples = winners.samples();
    for (int n = 0; n < samples; n++) {
      for (int i = winners.sampleStart()[n]; i < winners.sampleStart()[n + 1]; i++) {
        int slot = winners.bySample()[i];
        rows.add(
            coefficients[coefficientStart + slot], weightStart + winners.unit()[slot] * outputs);
      }
      rows.endGroup();
    }
    int strips = Math.ceilDiv(outputs, WeightedRows.STRIP);
    engine.workers.run(
        strips * Math.ceilDiv(samples, SAMPLES),
        (piece, worker) -> {
          int column = piece % strips * WeightedRows.STRIP;
          int columns = Math.min(WeightedRows.STRIP, outputs - column);
          int from = piece / strips * SAMPLES;
          int to = Math.min(samples, from + SAMPLES);
          for (int n = from; n < to; n++) {
            startFromBias(outStart + n * outputs + column, column, columns);
          }
          int target = outStart + from * outputs;
          rows.addTo(weights, from, to, column, columns, out, target, outputs);
        });
  }

  private void startFromBias(int at, int column, int columns) {
    if (bias == null) {
      Arrays.fill(out, at, at + columns, 0f);
    } else {
      System.arraycopy(bias.array(), bias.offset() + column, out, at, columns);
    }
  }
}
