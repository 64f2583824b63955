package dev.wta.backend.cpu.select;

import dev.wta.backend.cpu.exec.Execution;
import dev.wta.backend.cpu.exec.Scratch;
import dev.wta.backend.cpu.memory.CpuWinners;

/**
 * Encodes and selects each unit's winners over the batch, without ever holding the dense code: a
 * unit's run of activations is cut down to its winners as soon as its block is encoded.
 */
public final class UnitEncoding {
  private UnitEncoding() {}

  public static void run(Execution execution, UnitBlocks blocks, int k, CpuWinners winners) {
    UnitWinners columns = new UnitWinners(execution, winners, winners.samples(), k);
    int stride = blocks.stride();
    execution.split(
        winners.units(),
        UnitBlocks.UNITS,
        (from, to, worker) -> {
          Scratch scratch = execution.scratch(worker);
          float[] code = blocks.encode(from, to, scratch);
          for (int u = from; u < to; u++) {
            columns.select(u, code, (u - from) * stride, stride, scratch);
          }
        });
    columns.finish();
  }
}
