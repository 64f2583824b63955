package dev.wta.backend.cpu.select;

import static dev.wta.backend.cpu.vector.Lanes.COUNT;
import static dev.wta.backend.cpu.vector.Lanes.FLOATS;

import dev.wta.backend.cpu.exec.Execution;
import dev.wta.backend.cpu.exec.Scratch;
import dev.wta.backend.cpu.gemm.PackedPanels;
import dev.wta.backend.cpu.gemm.SumOrder;
import dev.wta.backend.cpu.memory.CpuTensor;
import dev.wta.backend.cpu.vector.Lanes;
import dev.wta.backend.cpu.vector.LinearKernels;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

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
  private final float[] scale; // (units), or empty
  private final int scaleStart;
  private final int samples;
  private final int inputs;
  private final boolean biasFirst;
  private final PackedPanels[] slabs; // of the batch
  private final int[] slabStart; // (slabs): the first input of each

  /** Packs the batch. The sums begin with the bias. */
  public UnitBlocks(Execution execution, CpuTensor x, Units units) {
    this(execution, x, units, SumOrder.fromBias(x.rowSize()));
  }

  /**
   * Packs the batch.
   *
   * @param order in which the terms of an activation are added up
   */
  public UnitBlocks(Execution execution, CpuTensor x, Units units, SumOrder order) {
    CpuTensor weights = units.weights();
    CpuTensor bias = units.bias();
    this.scale = units.scale().map(CpuTensor::array).orElse(new float[0]);
    this.scaleStart = units.scale().map(CpuTensor::offset).orElse(0);
    this.weights = weights.array();
    this.weightStart = weights.offset();
    this.bias = bias.array();
    this.biasStart = bias.offset();
    this.samples = x.rowCount();
    this.inputs = x.rowSize();
    this.biasFirst = order.biasFirst();
    this.slabStart = Arrays.stream(order.slabs()).map(run -> order.runs()[run]).toArray();
    this.slabs = PackedPanels.slabs(samples, slabStart, execution.shared);
    for (int slab = 0; slab < slabs.length; slab++) {
      slabs[slab].packTransposed(
          x.array(), x.offset() + slabStart[slab], inputs, execution.workers);
    }
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
      Arrays.fill(code, row, row + samples, biasFirst ? bias[biasStart + u] : 0);
      Arrays.fill(code, row + samples, row + stride, Float.NEGATIVE_INFINITY);
    }
    multiply(0, from, to, code, scratch);
    for (int slab = 1; slab < slabs.length; slab++) {
      float[] further = scratch.floats(Scratch.Use.TILE, (long) UNITS * stride);
      Arrays.fill(further, 0, (to - from) * stride, 0);
      multiply(slab, from, to, further, scratch);
      LinearKernels.axpy(1, further, 0, code, 0, (to - from) * stride);
    }
    if (!biasFirst) {
      for (int u = from; u < to; u++) {
        addBias(bias[biasStart + u], code, (u - from) * stride, stride);
      }
    }
    return code;
  }

  /** Adds the products of a slab of inputs to the code of units {@code from} to {@code to - 1}. */
  private void multiply(int slab, int from, int to, float[] code, Scratch scratch) {
    int start = weightStart + from * inputs + slabStart[slab];
    PackedPanels batch = slabs[slab];
    PackedPanels.Left rows =
        new PackedPanels.Left(weights, start, inputs, to - from, scale, scaleStart + from);
    batch.multiply(rows, 0, batch.count(), code, stride(), scratch);
  }

  private static void addBias(float bias, float[] code, int from, int length) {
    for (int n = from; n < from + length; n += COUNT) {
      FloatVector.fromArray(FLOATS, code, n).add(bias).intoArray(code, n);
    }
  }
}
