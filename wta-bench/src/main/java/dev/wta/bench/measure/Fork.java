package dev.wta.bench.measure;

import dev.wta.bench.result.BenchmarkSpec;
import dev.wta.bench.result.Cost;

/** Runs a measurement once, in a JVM of its own. */
public interface Fork {

  /**
   * What one fork measured.
   *
   * @param callsPerSecond calls of the benchmark, of all its callers together
   * @param heapBytes what a call allocates on the heap
   * @param cost what a call needs at the least
   */
  record Measured(double callsPerSecond, double heapBytes, Cost cost) {}

  /**
   * @param callers how many threads call the benchmark at once
   */
  Measured run(BenchmarkSpec measurement, int callers);
}
