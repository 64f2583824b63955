package dev.wta.bench;

import dev.wta.bench.kernel.CopyBandwidth;
import dev.wta.bench.kernel.FmaPeak;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Measures workloads and the machine in turn, round by round, a fork each: what else the machine
 * does then slows all of them alike.
 */
final class Bench {
  private static final String PEAK = FmaPeak.class.getName() + ".chains";
  private static final String COPY = CopyBandwidth.class.getName() + ".copy";

  private final List<Workload> workloads;
  private final int forks;
  private final int threads;
  private final Consumer<String> progress;

  /**
   * @param progress told what is about to run
   */
  Bench(List<Workload> workloads, int forks, int threads, Consumer<String> progress) {
    this.workloads = workloads;
    this.forks = forks;
    this.threads = threads;
    this.progress = progress;
  }

  /**
   * The machine as it was measured.
   *
   * @param corePeak floating-point operations a second of one thread
   * @param peak the same of all threads that the workloads had
   * @param bandwidth bytes a second read and written by all those threads
   */
  record Machine(int threads, Forks corePeak, Forks peak, Forks bandwidth) {
    /** The best fork's: a bound is what the machine can do when nothing disturbs it. */
    Workload.Peak best() {
      return new Workload.Peak(peak.max(), bandwidth.max());
    }
  }

  /**
   * A workload as it was measured.
   *
   * @param speed in the workload's unit
   * @param heapBytes allocated on the heap by a call
   */
  record Row(Workload workload, Forks speed, Forks heapBytes) {}

  record Report(Machine machine, List<Row> rows) {}

  Report run() {
    Map<String, List<ForkRunner.Measured>> measured = new HashMap<>();
    for (int fork = 1; fork <= forks; fork++) {
      measure(measured, "core-peak", fork, PEAK, Map.of(), 1);
      measure(measured, "peak", fork, PEAK, Map.of(), threads);
      measure(measured, "copy", fork, COPY, Map.of(), threads);
      for (Workload workload : workloads) {
        Map<String, String> parameters = new LinkedHashMap<>(workload.parameters());
        parameters.put("threads", String.valueOf(threads));
        measure(measured, workload.name(), fork, workload.benchmark(), parameters, 1);
      }
    }
    Machine machine =
        new Machine(
            threads,
            speed(measured.get("core-peak")).times(FmaPeak.operations()),
            speed(measured.get("peak")).times(FmaPeak.operations()),
            speed(measured.get("copy")).times(CopyBandwidth.bytes()));
    List<Row> rows = new ArrayList<>();
    for (Workload workload : workloads) {
      List<ForkRunner.Measured> results = measured.get(workload.name());
      rows.add(new Row(workload, speed(results).times(workload.perCall()), heap(results)));
    }
    return new Report(machine, rows);
  }

  private void measure(
      Map<String, List<ForkRunner.Measured>> measured,
      String name,
      int fork,
      String benchmark,
      Map<String, String> parameters,
      int callers) {
    progress.accept("fork %d of %d: %s".formatted(fork, forks, name));
    measured
        .computeIfAbsent(name, key -> new ArrayList<>())
        .add(ForkRunner.run(benchmark, parameters, callers));
  }

  private static Forks speed(List<ForkRunner.Measured> measured) {
    return new Forks(measured.stream().map(ForkRunner.Measured::callsPerSecond).toList());
  }

  private static Forks heap(List<ForkRunner.Measured> measured) {
    return new Forks(measured.stream().map(ForkRunner.Measured::heapBytesPerCall).toList());
  }
}
