package dev.wta.bench.result;

import java.util.Map;
import java.util.OptionalInt;

/**
 * The machine as it was measured, each number a second.
 *
 * @param threads that the workloads had
 * @param corePeak floating-point operations of one thread
 * @param peaks operations of all threads, by the width that vectors were forced to, if any
 * @param copying bytes that all threads read and write within the last-level cache
 * @param memory bytes that all threads read and write beyond it
 * @param peers each peer's version, by its name
 */
public record Machine(
    int threads,
    Forks corePeak,
    Map<OptionalInt, Forks> peaks,
    Forks copying,
    Forks memory,
    Map<String, String> peers) {

  /**
   * What it can do at most with vectors of that width, or of its own. The best forks count: a bound
   * is what the machine can do when nothing disturbs it.
   */
  public Cost.Peak best(OptionalInt vectorBits) {
    return new Cost.Peak(peaks.get(vectorBits).max(), copying.max(), memory.max());
  }

  public Cost.Peak best() {
    return best(OptionalInt.empty());
  }
}
