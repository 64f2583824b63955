package dev.wta.bench;

import dev.wta.workloads.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Measures one workload on one peer, and keeps what each round found. */
final class PeerSamples {
  private final Peer peer;
  private final Measurement measurement;
  private final Workload workload;
  private final List<Double> speeds = new ArrayList<>();
  private Optional<PeerResult> given = Optional.empty();

  PeerSamples(Peer peer, Measurement measurement, Workload workload) {
    this.peer = peer;
    this.measurement = measurement;
    this.workload = workload;
  }

  Task task(int threads, Pace pace, Children children) {
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

  private String measure(int threads, Pace pace, Children children) {
    try {
      Optional<Double> calls = peer.callsPerSecond(workload, threads, pace);
      if (calls.isPresent()) {
        speeds.add(calls.get() * measurement.perCall());
        return Figures.with(speeds.getLast(), measurement.unit());
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
