package dev.wta.bench.compare;

import dev.wta.bench.measure.ChildProcesses;
import dev.wta.bench.measure.Fork;
import dev.wta.bench.measure.MeasurementTime;
import dev.wta.bench.measure.Task;
import dev.wta.bench.result.BenchmarkSpec;
import dev.wta.bench.result.Forks;
import dev.wta.bench.result.Machine;
import dev.wta.bench.result.PeerResult;
import dev.wta.bench.result.RateFormat;
import dev.wta.bench.result.Report;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Measures one workload on wta and on peers, and keeps what each round found. */
final class PeerComparison {
  private final BenchmarkSpec measurement;
  private final List<Fork.Measured> own = new ArrayList<>();
  private final List<PeerSamples> others;

  PeerComparison(BenchmarkSpec measurement, List<? extends PeerRunner> peers) {
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
  List<Task> tasks(Fork fork, int threads, MeasurementTime pace, ChildProcesses children) {
    List<Task> tasks = new ArrayList<>();
    BenchmarkSpec ours = measurement.with("threads", String.valueOf(threads));
    tasks.add(new Task(measurement.name(), () -> measure(fork, ours)));
    // Where a call takes seconds one has to do, and no compiler is still warming up at its end.
    MeasurementTime theirs =
        measurement.lengthy() ? MeasurementTime.ONE_CALL : pace.warmedUp(measurement.warmUps());
    others.forEach(other -> tasks.add(other.task(threads, theirs, children)));
    return tasks;
  }

  private String measure(Fork fork, BenchmarkSpec ours) {
    own.add(fork.run(ours, 1));
    return RateFormat.with(
        own.getLast().callsPerSecond() * measurement.perCall(), measurement.unit());
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
