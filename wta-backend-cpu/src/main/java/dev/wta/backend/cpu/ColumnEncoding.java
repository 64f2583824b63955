package dev.wta.backend.cpu;

/**
 * Encodes and selects each unit's winners over the batch, without ever holding the dense code: a
 * unit's run of activations is cut down to its winners as soon as its block is encoded.
 */
final class ColumnEncoding {
  private ColumnEncoding() {}

  static void run(Engine engine, UnitBlocks blocks, int k, CpuWinners winners) {
    ColumnWinners columns = new ColumnWinners(engine, winners, winners.samples(), k);
    int stride = blocks.stride();
    engine.split(
        winners.units(),
        UnitBlocks.UNITS,
        (from, to, worker) -> {
          Scratch scratch = engine.scratch(worker);
          float[] code = blocks.encode(from, to, scratch);
          for (int u = from; u < to; u++) {
            columns.select(u, code, (u - from) * stride, stride, scratch);
          }
        });
    columns.finish();
  }
}
