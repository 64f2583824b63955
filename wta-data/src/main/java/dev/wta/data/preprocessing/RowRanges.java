package dev.wta.data.preprocessing;

import java.util.stream.IntStream;

/** Spreads independent rows over the processors. */
final class RowRanges {
  private RowRanges() {}

  /** What is done to the rows from {@code from} up to, not including, {@code to}. */
  @FunctionalInterface
  interface Task {
    void run(int from, int to);
  }

  /**
   * Runs a task on ranges of {@code grain} rows, the last one shorter, on the threads of the common
   * pool or of the pool that calls. Each row belongs to one range, whatever the number of threads.
   */
  static void inParallel(int rows, int grain, Task task) {
    IntStream.range(0, Math.ceilDiv(rows, grain))
        .parallel()
        .forEach(range -> task.run(range * grain, Math.min(rows, (range + 1) * grain)));
  }
}
