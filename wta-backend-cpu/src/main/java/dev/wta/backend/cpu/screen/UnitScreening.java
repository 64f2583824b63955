package dev.wta.backend.cpu.screen;

import dev.wta.backend.cpu.exec.Execution;
import dev.wta.backend.cpu.exec.Scratch;
import dev.wta.backend.cpu.memory.CpuWinners;
import dev.wta.backend.cpu.select.TopKSelector;
import dev.wta.backend.cpu.select.UnitWinners;
import java.util.function.IntFunction;

/**
 * Selects each unit's winners over the batch. A unit's k-th largest activation is at least the k-th
 * largest of their lower bounds; whatever cannot reach that loses, and the rest is computed
 * exactly.
 */
final class UnitScreening {
  private final Batch batch;
  private final ExactSums exact;
  private final Effort effort;
  private final int k;
  private final CpuWinners winners;

  UnitScreening(Batch batch, ExactSums exact, Effort effort, int k, CpuWinners winners) {
    this.batch = batch;
    this.exact = exact;
    this.effort = effort;
    this.k = k;
    this.winners = winners;
  }

  /** Selects on all threads, unless the effort is given up. */
  void run(Execution execution, IntFunction<UnitBlock> blocks) {
    UnitWinners columns = new UnitWinners(execution, winners, batch.samples(), k);
    execution.split(
        winners.units(),
        batch.rows(),
        (from, to, worker) -> {
          UnitBlock block = blocks.apply(worker);
          if (!effort.continues() || !effort.require(block.round(batch, from, to))) {
            return;
          }
          for (int column = 0; column < batch.columnBlocks(); column++) {
            block.multiply(column);
          }
          for (int u = from; u < to && effort.continues(); u++) {
            select(block, u, columns, execution.scratch(worker));
          }
        });
    if (effort.continues()) {
      columns.finish();
    }
  }

  private void select(UnitBlock block, int u, UnitWinners columns, Scratch scratch) {
    int stride = batch.stride();
    float[] highs = scratch.floats(Scratch.Use.BLOCK, stride);
    float[] lows = scratch.floats(Scratch.Use.TILE, stride);
    int[] able = scratch.ints(Scratch.Use.CANDIDATES, stride);
    float[] values = scratch.floats(Scratch.Use.CANDIDATES, stride);
    block.bounds(u, highs, lows);
    int count = TopKSelector.atLeast(highs, stride, least(lows, scratch), able);
    if (!effort.spend(count)) {
      return;
    }
    exact.unit(u, able, 0, count, values, 0, scratch);
    columns.select(u, able, values, count, scratch);
  }

  /** What a winner is at the least. */
  private float least(float[] lows, Scratch scratch) {
    float kth = TopKSelector.of(scratch).kth(lows, 0, batch.stride(), k);
    return Math.max(kth, Float.MIN_VALUE);
  }
}
