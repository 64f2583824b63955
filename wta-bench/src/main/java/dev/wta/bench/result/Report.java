package dev.wta.bench.result;

import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/** What was measured, on which machine. */
public record Report(Machine machine, List<Row> rows) {

  /**
   * A workload as it was measured.
   *
   * @param speed in the workload's unit
   * @param heapBytes allocated on the heap by a call
   * @param cost what a call needs at the least
   * @param peak what the machine can do at most
   * @param peers each peer's result, by its name
   */
  public record Row(
      BenchmarkSpec measurement,
      Forks speed,
      Forks heapBytes,
      Cost cost,
      Cost.Peak peak,
      Map<String, PeerResult> peers) {

    /** The most that the machine allows, in the workload's unit. */
    public double bound() {
      return measurement.perCall() / cost.seconds(peak);
    }

    public double ofBound() {
      return speed.median() / bound();
    }

    /** The speed-up over the fastest peer; empty if none was measured. */
    public OptionalDouble ratio() {
      OptionalDouble fastest =
          peers.values().stream()
              .filter(PeerResult.Timed.class::isInstance)
              .mapToDouble(peer -> ((PeerResult.Timed) peer).speed().median())
              .max();
      return fastest.isPresent()
          ? OptionalDouble.of(speed.median() / fastest.getAsDouble())
          : OptionalDouble.empty();
    }
  }

  /** The output of peers' failed processes. */
  public List<String> failures() {
    return rows.stream()
        .flatMap(row -> row.peers().values().stream())
        .filter(PeerResult.Failed.class::isInstance)
        .map(failed -> ((PeerResult.Failed) failed).message())
        .toList();
  }
}
