package dev.wta.bench.result;

/**
 * What a call needs at the least, as its benchmark counted it: whichever takes longer bounds it.
 *
 * @param operations floating-point operations, done at the measured peak
 * @param bytes read and written within the last-level cache, at the bandwidth measured there
 * @param memoryBytes read and written beyond it, at the bandwidth of memory
 */
public record Cost(double operations, double bytes, double memoryBytes) {

  /** What the machine can do at most, each a second, with the threads that workloads are given. */
  public record Peak(double operations, double bytes, double memoryBytes) {}

  /** The least time that a call can take. */
  public double seconds(Peak peak) {
    return Math.max(
        operations / peak.operations, Math.max(bytes / peak.bytes, memoryBytes / peak.memoryBytes));
  }
}
