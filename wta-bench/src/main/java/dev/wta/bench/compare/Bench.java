package dev.wta.bench.compare;

import dev.wta.bench.measure.ChildProcesses;
import dev.wta.bench.measure.Fork;
import dev.wta.bench.measure.MachineSamples;
import dev.wta.bench.measure.MeasurementTime;
import dev.wta.bench.measure.Task;
import dev.wta.bench.result.BenchmarkSpec;
import dev.wta.bench.result.Machine;
import dev.wta.bench.result.Report;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Measures the machine, each workload and each peer on it, alternately, round by round, a process
 * each: what else the machine does then slows all of them alike.
 *
 * @param rounds how often each is measured
 * @param threads that workloads are given
 */
public record Bench(
    int rounds, int threads, MeasurementTime pace, Fork fork, ChildProcesses children) {

  /** How far the bench is, for whoever waits for it. */
  public interface Watcher {
    void begun(Position position, String name);

    void ended(String speed);
  }

  /**
   * A task's place in the whole.
   *
   * @param round from 0
   * @param task from 0, in its round
   * @param tasks of a round
   */
  public record Position(int round, int rounds, int task, int tasks) {}

  public Report run(
      List<BenchmarkSpec> measurements, List<? extends PeerRunner> peers, Watcher watcher) {
    Map<String, String> versions = new LinkedHashMap<>();
    peers.forEach(peer -> versions.put(peer.name(), peer.version()));
    MachineSamples samples =
        new MachineSamples(
            fork,
            threads,
            measurements.stream().map(BenchmarkSpec::vectorBits).collect(Collectors.toSet()));
    List<PeerComparison> contests =
        measurements.stream().map(measurement -> new PeerComparison(measurement, peers)).toList();
    List<Task> tasks = new ArrayList<>(samples.tasks());
    contests.forEach(contest -> tasks.addAll(contest.tasks(fork, threads, pace, children)));
    for (int round = 0; round < rounds; round++) {
      for (int task = 0; task < tasks.size(); task++) {
        watcher.begun(new Position(round, rounds, task, tasks.size()), tasks.get(task).name());
        watcher.ended(tasks.get(task).run().get());
      }
    }
    Machine machine = samples.machine(versions);
    return new Report(machine, contests.stream().map(contest -> contest.row(machine)).toList());
  }
}
