package dev.wta.bench.result;

/** How a peer did on a workload. */
public sealed interface PeerResult {
  /**
   * It was measured.
   *
   * @param speed in the workload's unit
   */
  record Timed(Forks speed) implements PeerResult {}

  /** It takes no part in the workload. */
  record Absent() implements PeerResult {}

  /**
   * Its process failed.
   *
   * @param message its name, the exit code and the end of its output
   */
  record Failed(String message) implements PeerResult {}
}
