package dev.wta.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Measures one workload on wta and on peers, and keeps what each round found. */
final class Contest {
  private final Measurement measurement;
  private final List<Fork.Measured> own = new ArrayList<>();
  private final List<PeerSamples> others;

  Contest(Measurement measurement, List<? extends Peer> peers) {
    this.measurement = measurement;
    others =
        measurement
            .comparison()
            .map(
                workload ->
                    peers.stream()
                        .map(peer -> new PeerSamples(peer, measurement, workload))
                        .toList())
            .orElse(List.of());
  }

  /** Ours and then each peer. */
  List<Task> tasks(Fork fork, int threads, Pace pace, Children children) {
    List<Task> tasks = new ArrayList<>();
    Measurement ours = measurement.with("threads", String.valueOf(threads));
    tasks.add(new Task(measurement.name(), () -> measure(fork, ours)));
    // Where a call takes seconds one has to do, and no compiler is still warming up at its end.
    Pace theirs = measurement.lengthy() ? Pace.ONE_CALL : pace;
    others.forEach(other -> tasks.add(other.task(threads, theirs, children)));
    return tasks;
  }

  private String measure(Fork fork, Measurement ours) {
    own.add(fork.run(ours, 1));
    return Figures.with(own.getLast().callsPerSecond() * measurement.perCall(), measurement.unit());
  }

  Report.Row row(Machine machine) {
    Map<String, PeerResult> peers = new LinkedHashMap<>();
    others.forEach(other -> peers.put(other.peer(), other.result()));
    return new Report.Row(
        measurement,
        new Forks(own.stream().map(Fork.Measured::callsPerSecond).toList())
            .times(measurement.perCall()),
        new Forks(own.stream().map(Fork.Measured::heapBytes).toList()),
        own.getFirst().cost(),
        machine.best(measurement.vectorBits()),
        peers);
  }
}
