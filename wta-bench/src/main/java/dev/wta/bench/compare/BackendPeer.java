package dev.wta.bench.compare;

import dev.wta.api.WtaException;
import dev.wta.api.backend.Availability;
import dev.wta.api.backend.Backends;
import dev.wta.bench.measure.BenchmarkTable;
import dev.wta.bench.measure.Fork;
import dev.wta.bench.measure.MeasurementTime;
import dev.wta.bench.result.BenchmarkSpec;
import dev.wta.workloads.Workload;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Another of wta's own backends, measured beside the first one as other frameworks are.
 *
 * @param version the device that it runs on
 * @param fork runs our benchmarks
 */
public record BackendPeer(String name, String version, Fork fork) implements PeerRunner {
  /** The benchmarks' parameter that names the backend. */
  public static final String PARAMETER = "backend";

  /**
   * The backends of these names.
   *
   * @throws WtaException if there is none of a name, or it cannot run here
   */
  public static List<BackendPeer> named(List<String> names, Fork fork) {
    List<Backends.Found> found = Backends.probeAll();
    return names.stream().distinct().map(name -> named(name, found, fork)).toList();
  }

  private static BackendPeer named(String name, List<Backends.Found> found, Fork fork) {
    Backends.Found backend =
        found.stream()
            .filter(candidate -> candidate.name().equals(name))
            .findFirst()
            .orElseThrow(
                () ->
                    new WtaException(
                        "there is no backend '%s' on the class path".formatted(name),
                        "choose from "
                            + found.stream()
                                .map(Backends.Found::name)
                                .collect(Collectors.joining(", "))));
    return switch (backend.probe()) {
      case Availability.Usable(int _, String device) -> new BackendPeer(name, device, fork);
      case Availability.Unusable(String reason, String remedy) ->
          throw new WtaException(
              "backend '%s' cannot run here: %s".formatted(name, reason), remedy);
    };
  }

  /** The pace is the fork's own, as for the first backend. */
  @Override
  public Optional<Double> callsPerSecond(Workload workload, int threads, MeasurementTime pace) {
    BenchmarkSpec measurement =
        BenchmarkTable.all().stream()
            .filter(candidate -> candidate.comparison().equals(Optional.of(workload)))
            .findFirst()
            .orElseThrow();
    BenchmarkSpec here = measurement.with(PARAMETER, name).with("threads", String.valueOf(threads));
    try {
      return Optional.of(fork.run(here, 1).callsPerSecond());
    } catch (WtaException failure) {
      throw new PeerFailure(failure.getMessage());
    }
  }
}
