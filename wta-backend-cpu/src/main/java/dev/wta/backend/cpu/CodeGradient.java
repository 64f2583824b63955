package dev.wta.backend.cpu;

import java.util.Arrays;

/**
 * The code's gradient at the winners: each is a product of its sample's row and its unit's row,
 * which four share.
 */
final class CodeGradient {
  /** Units of a piece of work. */
  private static final int UNITS = 32;

  /** Elements that are summed in float32 before their sum is added to others. */
  private static final int BLOCK = 2048;

  private final CpuWinners winners;
  private final CpuTensor target;
  private final float[] gradient; // (samples, outputs)
  private final int gradientStart;
  private final float[] weights; // (units, outputs)
  private final int weightStart;
  private final float[] out; // (capacity)
  private final int outStart;
  private final int outputs;

  CodeGradient(
      CpuWinners winners, CpuTensor outGradient, CpuTensor weights, CpuTensor coefficients) {
    this.winners = winners;
    this.target = coefficients;
    this.gradient = outGradient.array();
    this.gradientStart = outGradient.offset();
    this.weights = weights.array();
    this.weightStart = weights.offset();
    this.out = coefficients.array();
    this.outStart = coefficients.offset();
    this.outputs = weights.rowSize();
  }

  void run(Engine engine) {
    engine.split(
        winners.units(),
        UNITS,
        (from, to, worker) -> {
          for (int u = from; u < to; u++) {
            unit(u);
          }
        });
    CpuSparse.zeroUnused(winners, target);
  }

  private void unit(int u) {
    int weightRow = weightStart + u * outputs;
    int end = winners.unitStart()[u + 1];
    int slot = winners.unitStart()[u];
    for (; slot + 4 <= end; slot += 4) {
      Arrays.fill(out, outStart + slot, outStart + slot + 4, 0f);
      for (int i = 0; i < outputs; i += BLOCK) {
        RowKernels.dotFour(
            gradient,
            row(slot) + i,
            row(slot + 1) + i,
            row(slot + 2) + i,
            row(slot + 3) + i,
            weights,
            weightRow + i,
            Math.min(BLOCK, outputs - i),
            out,
            outStart + slot);
      }
    }
    for (; slot < end; slot++) {
      out[outStart + slot] = Reductions.dot(gradient, row(slot), weights, weightRow, outputs);
    }
  }

  private int row(int slot) {
    return gradientStart + winners.sample()[slot] * outputs;
  }
}
