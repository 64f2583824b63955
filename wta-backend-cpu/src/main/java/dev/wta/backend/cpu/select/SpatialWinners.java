package dev.wta.backend.cpu.select;

import dev.wta.backend.cpu.exec.Execution;
import dev.wta.backend.cpu.exec.Scratch;
import dev.wta.backend.cpu.memory.CpuWinners;

/**
 * Collects the largest positive activation of each map, in any order and on any thread: each map
 * has a place of its own.
 */
public final class SpatialWinners {
  private final int samples;
  private final int maps;
  private final int mapSize;
  private final float[] values; // (samples, maps)
  private final int[] positions; // (samples, maps), -1 where nothing is positive
  private final long[] nans; // (samples * maps)

  public SpatialWinners(Execution execution, CpuWinners winners) {
    this.samples = winners.samples();
    this.maps = winners.units();
    this.mapSize = winners.positions();
    this.values = execution.shared.floats(Scratch.Use.BLOCK, (long) samples * maps);
    this.positions = execution.shared.ints(Scratch.Use.BLOCK, (long) samples * maps);
    this.nans = execution.shared.longs(samples * maps);
  }

  /**
   * @param value a map's largest activation; at most 0 where none is positive
   * @param position where in the map it stands
   * @param nanCount how many of the map's activations are NaN
   */
  public void put(int sample, int map, float value, int position, int nanCount) {
    int at = sample * maps + map;
    values[at] = value;
    positions[at] = value > 0 ? position : -1;
    nans[at] = nanCount;
  }

  /** Hands the winners over. */
  public void into(SampleWinners rows) {
    long nan = 0;
    for (int n = 0; n < samples; n++) {
      int count = 0;
      for (int m = 0; m < maps; m++) {
        int at = n * maps + m;
        if (positions[at] >= 0) {
          rows.put(n, count++, m * mapSize + positions[at], values[at]);
        }
        nan += nans[at];
      }
      rows.setCount(n, count);
    }
    rows.finish(nan);
  }
}
