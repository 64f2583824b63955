package dev.wta.bench.result;

import dev.wta.workloads.Workload;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Something whose speed is measured: a benchmark of ours, and what peers know it as.
 *
 * @param name what {@code --workload} calls it
 * @param unit what is counted, per second unless it says otherwise
 * @param perCall such units a second where there is one call a second
 * @param benchmark the JMH benchmark's method, with its class
 * @param parameters the benchmark's parameters
 * @param vectorBits the width that vectors are forced to
 * @param lengthy whether one call takes seconds, so that a few calls have to do
 * @param comparison what peers are given; empty where they take no part
 */
public record BenchmarkSpec(
    String name,
    String unit,
    double perCall,
    String benchmark,
    Map<String, String> parameters,
    OptionalInt vectorBits,
    boolean lengthy,
    Optional<Workload> comparison) {

  public static BenchmarkSpec of(
      String name, String unit, double perCall, String benchmark, Map<String, String> parameters) {
    return new BenchmarkSpec(
        name,
        unit,
        perCall,
        benchmark,
        Map.copyOf(parameters),
        OptionalInt.empty(),
        false,
        Optional.empty());
  }

  /** The same, which peers are measured on as well. */
  public BenchmarkSpec comparedOn(Workload workload) {
    return new BenchmarkSpec(
        name, unit, perCall, benchmark, parameters, vectorBits, lengthy, Optional.of(workload));
  }

  /** The same with vectors of that width. */
  public BenchmarkSpec withVectorBits(int bits) {
    return new BenchmarkSpec(
        name, unit, perCall, benchmark, parameters, OptionalInt.of(bits), lengthy, comparison);
  }

  /** The same with a parameter of the benchmark set. */
  public BenchmarkSpec with(String parameter, String value) {
    Map<String, String> changed = new HashMap<>(parameters);
    changed.put(parameter, value);
    return new BenchmarkSpec(
        name, unit, perCall, benchmark, changed, vectorBits, lengthy, comparison);
  }

  /** The same, whose calls take seconds. */
  public BenchmarkSpec asLengthy() {
    return new BenchmarkSpec(
        name, unit, perCall, benchmark, parameters, vectorBits, true, comparison);
  }
}
