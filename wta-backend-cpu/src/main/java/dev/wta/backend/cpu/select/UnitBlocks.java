package dev.wta.backend.cpu.select;

import dev.wta.backend.cpu.exec.Execution;
import dev.wta.backend.cpu.exec.Scratch;
import dev.wta.backend.cpu.gemm.PackedPanels;
import dev.wta.backend.cpu.memory.CpuTensor;
import dev.wta.backend.cpu.vector.Lanes;
import java.util.Arrays;

/**
 * Encodes a batch a block of units at a time, {@code weights * x' + bias}, so that winners can be
 * selected while a block's activations are in a near cache and the dense code is never held. The
 * units' rows of the weights are multiplied with the batch, which is packed once. The code comes
 * unit by unit.
 */
public final class UnitBlocks {
  /** Units of a block. */
  static final int UNITS = 2 * PackedPanels.ROWS;

  private final float[] weights; // (units, inputs)
  private final int weightStart;
  private final float[] bias; // (units)
  private final int biasStart;
  private final int samples;
  private final int inputs;
  private final PackedPanels batch;

  /** Packs the batch. */
  public UnitBlocks(Execution execution, CpuTensor x, CpuTensor weights, CpuTensor bias) {
    this.weights = weights.array();
    this.weightStart = weights.offset();
    this.bias = bias.array();
    this.biasStart = bias.offset();
    this.samples = x.rowCount();
    this.inputs = x.rowSize();
    this.batch = new PackedPanels(samples, inputs, execution.shared);
    batch.packTransposed(x.array(), x.offset(), inputs, execution.workers);
  }

  /** From one unit's activations to the next: whole vectors. */
  int stride() {
    return Lanes.padded(samples);
  }

  /**
   * The code of units {@code from} to {@code to - 1} before the rectifier, {@code (units, stride)};
   * what lies beyond the batch is negative or NaN and never wins. The array is the worker's, until
   * its next block.
   */
  float[] encode(int from, int to, Scratch scratch) {
    int stride = stride();
    float[] code = scratch.floats(Scratch.Use.BLOCK, (long) UNITS * stride);
    for (int u = from; u < to; u++) {
      int row = (u - from) * stride;
      Arrays.fill(code, row, row + samples, bias[biasStart + u]);
      Arrays.fill(code, row + samples, row + stride, Float.NEGATIVE_INFINITY);
    }
    int start = weightStart + from * inputs;
    batch.multiply(weights, start, inputs, to - from, 0, batch.count(), code, stride, scratch);
    return code;
  }
}
