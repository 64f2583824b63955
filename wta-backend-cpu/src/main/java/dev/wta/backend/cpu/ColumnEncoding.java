package dev.wta.backend.cpu;

import static dev.wta.backend.cpu.Panels.WIDTH;

import java.util.Arrays;

/**
 * Encodes and selects each unit's winners over the batch, without ever holding the dense code. A
 * piece of work is a block of units: their rows of the weights are streamed where they stand
 * against the packed batch, which makes a block of the code, unit by unit; each unit's run of
 * activations is then cut down to its winners while it is in the first cache.
 */
final class ColumnEncoding {
  /** Units of a piece of work; a multiple of the register tiles' rows. */
  private static final int UNITS = 48;

  private final float[] x; // (samples, inputs)
  private final int xStart;
  private final float[] weights; // (units, inputs)
  private final int weightStart;
  private final float[] bias; // (units)
  private final int biasStart;
  private final int samples;
  private final int units;
  private final int inputs;

  /**
   * From one unit's activations to the next: whole vectors, the lanes beyond the batch never win.
   */
  private final int stride;

  private final int k;
  private final CpuWinners winners;

  ColumnEncoding(CpuTensor x, CpuTensor weights, CpuTensor bias, int k, CpuWinners winners) {
    this.x = x.array();
    this.xStart = x.offset();
    this.weights = weights.array();
    this.weightStart = weights.offset();
    this.bias = bias.array();
    this.biasStart = bias.offset();
    this.samples = x.rowCount();
    this.inputs = x.rowSize();
    this.units = weights.rowCount();
    this.stride = Lanes.padded(samples);
    this.k = k;
    this.winners = winners;
  }

  void run(Engine engine) {
    int panels = Panels.count(samples);
    int blocks = Math.max(1, Math.ceilDiv(inputs, Product.DEPTH));
    int depth = Math.ceilDiv(inputs, blocks);
    float[] packed = engine.shared.floats(Scratch.Use.PANELS, Panels.size(samples, depth) * blocks);
    engine.workers.run(
        blocks * panels, (piece, worker) -> pack(piece / panels, depth, piece % panels, packed));
    ColumnWinners columns = new ColumnWinners(engine, winners, samples, k);
    engine.split(
        units,
        UNITS,
        (from, to, worker) -> {
          Scratch scratch = engine.scratch(worker);
          float[] code = encode(from, to, blocks, depth, packed, scratch);
          for (int u = from; u < to; u++) {
            columns.select(u, code, (u - from) * stride, stride, scratch);
          }
        });
    columns.finish();
  }

  /** Packs a panel of samples of one block of the inputs; the last block may be shallower. */
  private void pack(int block, int depth, int panel, float[] packed) {
    int first = block * depth;
    Panels.packTransposed(
        x,
        xStart + first,
        inputs,
        samples,
        Math.min(depth, inputs - first),
        panel,
        packed,
        blockStart(block, depth));
  }

  private int blockStart(int block, int depth) {
    return block * Panels.size(samples, depth);
  }

  /** The code of some units, {@code (units, stride)}. */
  private float[] encode(int from, int to, int blocks, int depth, float[] packed, Scratch scratch) {
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
          int panelStart = blockStart(block, depth) + Panels.start(panel, present);
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
