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
 * @param warmUps how many times the usual warm-up it takes until its rate stays
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
    int warmUps,
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
        1,
        Optional.empty());
  }

  /** The same, which peers are measured on as well. */
  public BenchmarkSpec comparedOn(Workload workload) {
    return with(parameters, vectorBits, lengthy, warmUps, Optional.of(workload));
  }

  /** The same with vectors of that width. */
  public BenchmarkSpec withVectorBits(int bits) {
    return with(parameters, OptionalInt.of(bits), lengthy, warmUps, comparison);
  }

  /** The same with a parameter of the benchmark set. */
  public BenchmarkSpec with(String parameter, String value) {
    Map<String, String> changed = new HashMap<>(parameters);
    changed.put(parameter, value);
    return with(changed, vectorBits, lengthy, warmUps, comparison);
  }

  /** The same, whose calls take seconds. */
  public BenchmarkSpec asLengthy() {
    return with(parameters, vectorBits, true, warmUps, comparison);
  }

  /** The same with so many times the usual warm-up. */
  public BenchmarkSpec warmedUp(int times) {
    return with(parameters, vectorBits, lengthy, times, comparison);
  }

  /** The same by another name. */
  public BenchmarkSpec named(String other) {
    return new BenchmarkSpec(
        other, unit, perCall, benchmark, parameters, vectorBits, lengthy, warmUps, comparison);
  }

  private BenchmarkSpec with(
      Map<String, String> changedParameters,
      OptionalInt changedBits,
      boolean changedLengthy,
      int changedWarmUps,
      Optional<Workload> changedComparison) {
    return new BenchmarkSpec(
        name,
        unit,
        perCall,
        benchmark,
        changedParameters,
        changedBits,
        changedLengthy,
        changedWarmUps,
        changedComparison);
  }
}
