package dev.wta.backend.cpu.sparse;

import dev.wta.backend.cpu.exec.Execution;
import dev.wta.backend.cpu.exec.Scratch;
import dev.wta.backend.cpu.gemm.RowDots;
import dev.wta.backend.cpu.memory.CpuTensor;
import dev.wta.backend.cpu.memory.CpuWinners;
import dev.wta.backend.cpu.vector.LaneSums;
import dev.wta.backend.cpu.vector.Lanes;
import java.util.Arrays;

/**
 * The code's gradient at the winners: each is a product of its sample's row and its unit's row,
 * which four share.
 */
public final class CodeGradient {
  /** Units of a piece of work. */
  private static final int UNITS = 16;

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

  public CodeGradient(
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

  public void run(Execution execution) {
    execution.split(
        winners.units(),
        UNITS,
        (from, to, worker) -> {
          float[] lanes = execution.scratch(worker).floats(Scratch.Use.TILE, RowDots.LANES);
          for (int u = from; u < to; u++) {
            unit(u, lanes);
          }
        });
    winners.zeroUnused(target);
  }

  /** The winners of a unit, four at a time; two or three are made up to four by the last, again. */
  private void unit(int u, float[] lanes) {
    int end = winners.unitStart()[u + 1];
    Arrays.fill(out, outStart + winners.unitStart()[u], outStart + end, 0f);
    for (int i = 0; i < outputs; i += BLOCK) {
      int length = Math.min(BLOCK, outputs - i);
      int weightRow = weightStart + u * outputs + i;
      for (int slot = winners.unitStart()[u]; slot < end; slot += 4) {
        int last = Math.min(slot + 3, end - 1);
        if (slot == last) {
          RowDots.one(gradient, row(slot) + i, weights, weightRow, length, lanes);
        } else {
          RowDots.four(
              gradient,
              row(slot) + i,
              row(slot + 1) + i,
              row(Math.min(slot + 2, last)) + i,
              row(last) + i,
              weights,
              weightRow,
              length,
              lanes);
        }
        for (int j = slot; j <= last; j++) {
          out[outStart + j] += LaneSums.of(lanes, (j - slot) * Lanes.COUNT);
        }
      }
    }
  }

  private int row(int slot) {
    return gradientStart + winners.sample()[slot] * outputs;
  }
}
