package dev.wta.bench.compare;

import dev.wta.bench.measure.MeasurementTime;
import dev.wta.workloads.Workload;
import java.util.Optional;

/** Another framework that workloads are measured on beside wta. */
public interface PeerRunner {
  /** Its column in the table. */
  String name();

  /** The framework, its version and what it computes with. */
  String version();

  /**
   * Measures a workload once, in a process of its own.
   *
   * @return calls a second; empty if this peer takes no part in the workload
   * @throws PeerFailure if its process failed
   */
  Optional<Double> callsPerSecond(Workload workload, int threads, MeasurementTime pace);
}
