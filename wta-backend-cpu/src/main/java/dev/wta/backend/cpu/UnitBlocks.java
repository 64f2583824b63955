package dev.wta.backend.cpu;

import static dev.wta.backend.cpu.Panels.WIDTH;

import java.util.Arrays;

/**
 * Encodes a batch a block of units at a time, {@code weights * x' + bias}, so that winners can be
 * selected while a block's activations are in a near cache and the dense code is never held. The
 * units' rows of the weights are streamed where they stand against the batch, which is packed once.
 * The code comes unit by unit.
 */
final class UnitBlocks {
  /** Units of a block; a multiple of the register tiles' rows. */
  static final int UNITS = 48;

  private final float[] x; // (samples, inputs)
  private final int xStart;
  private final float[] weights; // (units, inputs)
  private final int weightStart;
  private final float[] bias; // (units)
  private final int biasStart;
  private final int samples;
  private final int inputs;
  private final int blocks;
  private final int depth;
  private final float[] packed;

  /** Packs the batch. */
  UnitBlocks(Engine engine, CpuTensor x, CpuTensor weights, CpuTensor bias) {
    this.x = x.array();
    this.xStart = x.offset();
    this.weights = weights.array();
    this.weightStart = weights.offset();
    this.bias = bias.array();
    this.biasStart = bias.offset();
    this.samples = x.rowCount();
    this.inputs = x.rowSize();
    this.blocks = Math.max(1, Math.ceilDiv(inputs, Product.DEPTH));
    this.depth = Math.ceilDiv(inputs, blocks);
    this.packed = engine.shared.floats(Scratch.Use.PANELS, Panels.size(samples, depth) * blocks);
    int panels = Panels.count(samples);
    engine.workers.run(blocks * panels, (piece, worker) -> pack(piece / panels, piece % panels));
  }

  /** From one unit's activations to the next: whole vectors. */
  int stride() {
    return Lanes.padded(samples);
  }

  /** Packs a panel of samples of one block of the inputs; the last block may be shallower. */
  private void pack(int block, int panel) {
    int first = block * depth;
    Panels.packTransposed(
        x,
        xStart + first,
        inputs,
        samples,
        Math.min(depth, inputs - first),
        panel,
        packed,
        packedStart(block));
  }

  private int packedStart(int block) {
    return block * Panels.size(samples, depth);
  }

  /**
   * The code of units {@code from} to {@code to - 1} before the rectifier, {@code (units, stride)};
   * what lies beyond the batch is negative or NaN and never wins. The array is the worker's, until
   * its next block.
   */
  float[] encode(int from, int to, Scratch scratch) {
    int stride = stride();
    float[] code = scratch.floats(Scratch.Use.BLOCK, (to - from) * stride);
    float[] tile = scratch.floats(Scratch.Use.TILE, Tile12.ROWS * WIDTH);
    for (int u = from; u < to; u++) {
      int row = (u - from) * stride;
      Arrays.fill(code, row, row + samples, bias[biasStart + u]);
      Arrays.fill(code, row + samples, row + stride, Float.NEGATIVE_INFINITY);
    }
    for (int block = 0; block < blocks; block++) {
      int present = Math.min(depth, inputs - block * depth);
      for (int u = from; u < to; ) {
        int tall = Product.tileRows(to - u);
        int count = Math.min(tall, to - u);
        int base = weightStart + u * inputs + block * depth;
        for (int panel = 0; panel < Panels.count(samples); panel++) {
          int width = Panels.width(samples, panel);
          int panelStart = packedStart(block) + Panels.start(panel, present);
          Product.multiplyTile(
              weights, base, inputs, tall, count, packed, panelStart, width, present, tile);
          for (int r = 0; r < count; r++) {
            TileRow.add(tile, r * width, width, code, (u - from + r) * stride + panel * WIDTH);
          }
        }
        u += count;
      }
    }
    return code;
  }
}
