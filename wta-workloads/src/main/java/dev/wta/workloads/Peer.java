package dev.wta.workloads;

import java.util.Optional;

/** Another framework, or a build of one, that wta is compared with. */
public interface Peer {
  /** The framework, its version and what it computes with: {@code PyTorch 2.7.1, oneDNN}. */
  String version();

  /**
   * Gets a workload ready on {@code threads} threads, written the way a competent user of the
   * framework writes it.
   *
   * @return empty if this peer takes no part in that workload
   */
  Optional<Call> open(Workload workload, int threads);

  /** A workload that is ready to run. */
  interface Call extends AutoCloseable {
    /** Does it once, a step for instance, and returns when it is done. */
    void run();

    /**
     * What the last run computed, for comparison: a step's loss before its update, a product's sum
     * of absolute values, a probe's objective. Not timed.
     */
    double result();

    /** Frees what {@link Peer#open} took. */
    @Override
    void close();
  }
}
