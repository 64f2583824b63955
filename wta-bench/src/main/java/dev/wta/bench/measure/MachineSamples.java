package dev.wta.bench.measure;

import dev.wta.bench.machine.CopyBandwidth;
import dev.wta.bench.machine.FmaPeak;
import dev.wta.bench.result.BenchmarkSpec;
import dev.wta.bench.result.Forks;
import dev.wta.bench.result.Machine;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/** Measures what the machine could do at most, and keeps what each round found. */
public final class MachineSamples {
  private static final BenchmarkSpec PEAK =
      BenchmarkSpec.of(
          "multiply-add peak", "calls/s", 1, FmaPeak.class.getName() + ".chains", Map.of());

  private final Fork fork;
  private final int threads;
  private final List<Double> corePeak = new ArrayList<>();
  private final Map<OptionalInt, List<Double>> peaks = new LinkedHashMap<>();
  private final List<Double> copying = new ArrayList<>();
  private final List<Double> memory = new ArrayList<>();

  /**
   * @param widths that vectors are forced to by some workload; the machine's own is measured anyway
   */
  public MachineSamples(Fork fork, int threads, Set<OptionalInt> widths) {
    this.fork = fork;
    this.threads = threads;
    peaks.put(OptionalInt.empty(), new ArrayList<>());
    widths.forEach(width -> peaks.putIfAbsent(width, new ArrayList<>()));
  }

  public List<Task> tasks() {
    List<Task> tasks = new ArrayList<>();
    tasks.add(new Task("peak of one thread", () -> operations(PEAK, 1, corePeak)));
    peaks.forEach((width, results) -> tasks.add(peak(width, results)));
    tasks.add(copy("copying, cached", CopyBandwidth.CACHED, copying));
    tasks.add(copy("copying, beyond the caches", CopyBandwidth.BEYOND, memory));
    return tasks;
  }

  private Task peak(OptionalInt width, List<Double> results) {
    return width.isEmpty()
        ? new Task("peak", () -> operations(PEAK, threads, results))
        : new Task(
            "peak of %d bits".formatted(width.getAsInt()),
            () -> operations(PEAK.withVectorBits(width.getAsInt()), threads, results));
  }

  private Task copy(String name, String megabytes, List<Double> results) {
    BenchmarkSpec copy =
        BenchmarkSpec.of(
            name,
            "calls/s",
            1,
            CopyBandwidth.class.getName() + ".copy",
            Map.of("megabytes", megabytes));
    return new Task(
        name,
        () -> {
          Fork.Measured measured = fork.run(copy, threads);
          results.add(measured.callsPerSecond() * measured.cost().bytes());
          return String.format(Locale.ROOT, "%.0f GB/s", results.getLast() / 1e9);
        });
  }

  private String operations(BenchmarkSpec peak, int callers, List<Double> results) {
    Fork.Measured measured = fork.run(peak, callers);
    results.add(measured.callsPerSecond() * measured.cost().operations());
    return String.format(Locale.ROOT, "%.0f GFLOP/s", results.getLast() / 1e9);
  }

  public Machine machine(Map<String, String> peers) {
    Map<OptionalInt, Forks> found = new LinkedHashMap<>();
    peaks.forEach((width, results) -> found.put(width, new Forks(results)));
    return new Machine(
        threads, new Forks(corePeak), found, new Forks(copying), new Forks(memory), peers);
  }
}
