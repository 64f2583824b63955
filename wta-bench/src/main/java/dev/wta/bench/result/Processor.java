package dev.wta.bench.result;

import dev.wta.api.ProcessorName;
import dev.wta.bench.machine.FmaPeak;

/**
 * What this process runs on.
 *
 * @param model what the maker calls it, or its architecture where the system does not say
 * @param count how many there are, as the JVM sees it
 * @param vectorBits the width of the vectors that benchmarks use
 */
public record Processor(String model, int count, int vectorBits) {
  public static Processor here() {
    return new Processor(
        ProcessorName.here(), Runtime.getRuntime().availableProcessors(), FmaPeak.vectorBits());
  }
}
