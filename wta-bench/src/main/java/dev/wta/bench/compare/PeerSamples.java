package dev.wta.bench.compare;

import dev.wta.bench.measure.ChildProcesses;
import dev.wta.bench.measure.MeasurementTime;
import dev.wta.bench.measure.Task;
import dev.wta.bench.result.BenchmarkSpec;
import dev.wta.bench.result.Forks;
import dev.wta.bench.result.PeerResult;
import dev.wta.bench.result.RateFormat;
import dev.wta.workloads.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Measures one workload on one peer, and keeps what each round found. */
final class PeerSamples {
  private final PeerRunner peer;
  private final BenchmarkSpec measurement;
  private final Workload workload;
  private final List<Double> speeds = new ArrayList<>();
  private Optional<PeerResult> given = Optional.empty();

  PeerSamples(PeerRunner peer, BenchmarkSpec measurement, Workload workload) {
    this.peer = peer;
    this.measurement = measurement;
    this.workload = workload;
  }

  Task task(int threads, MeasurementTime pace, ChildProcesses children) {
    return new Task(
        "%s on %s".formatted(measurement.name(), peer.name()),
        () -> given.map(PeerSamples::text).orElseGet(() -> measure(threads, pace, children)));
  }

  String peer() {
    return peer.name();
  }

  /** A failure stands, whatever other rounds found. */
  PeerResult result() {
    return given.orElseGet(() -> new PeerResult.Timed(new Forks(speeds)));
  }

  private String measure(int threads, MeasurementTime pace, ChildProcesses children) {
    try {
      Optional<Double> calls = peer.callsPerSecond(workload, threads, pace);
      if (calls.isPresent()) {
        speeds.add(calls.get() * measurement.perCall());
        return RateFormat.with(speeds.getLast(), measurement.unit());
      }
      given = Optional.of(new PeerResult.Absent());
    } catch (PeerFailure failure) {
      children.stayIfEnding();
      given = Optional.of(new PeerResult.Failed(failure.getMessage()));
    }
    return text(given.get());
  }

  private static String text(PeerResult result) {
    return result instanceof PeerResult.Failed ? "failed" : "takes no part";
  }
}
