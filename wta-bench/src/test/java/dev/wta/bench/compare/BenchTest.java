package dev.wta.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.wta.bench.measure.ChildProcesses;
import dev.wta.bench.measure.Fork;
import dev.wta.bench.measure.MeasurementTime;
import dev.wta.bench.output.BenchJson;
import dev.wta.bench.output.BenchProgressTest;
import dev.wta.bench.output.BenchTable;
import dev.wta.bench.result.BenchmarkSpec;
import dev.wta.bench.result.Cost;
import dev.wta.bench.result.Forks;
import dev.wta.bench.result.Processor;
import dev.wta.bench.result.Report;
import dev.wta.workloads.GemmWorkload;
import dev.wta.workloads.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

class BenchTest {
  private static final BenchmarkSpec PRODUCT =
      BenchmarkSpec.of("gemm", "GFLOP/s", 10, "b", Map.of()).comparedOn(new GemmWorkload());
  private static final BenchmarkSpec OWN = BenchmarkSpec.of("own", "GB/s", 1, "b", Map.of());
  private static final Processor PROCESSOR = new Processor("Abacus", 3, 512);

  private final List<String> ran = new ArrayList<>();

  /** A fork in which each caller does 5 calls a second, of 20 operations and a byte. */
  private Fork.Measured run(BenchmarkSpec measurement, int callers) {
    ran.add(measurement.name() + measurement.parameters());
    return new Fork.Measured(5, 64, new Cost(20 * callers, callers, 0));
  }

  private Report measure(int rounds, BenchmarkSpec... measurements) {
    List<PeerRunner> peers = List.of(new Fake("fast"), new Fake("absent"), new Fake("broken"));
    return new Bench(rounds, 2, MeasurementTime.USUAL, this::run, ChildProcesses.guarded())
        .run(List.of(measurements), peers, new BenchProgressTest.Silent());
  }

  /** Twice as fast as ours, absent or broken, as its name says. */
  private final class Fake implements PeerRunner {
    private final String name;

    Fake(String name) {
      this.name = name;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public String version() {
      return name + " 1.0";
    }

    @Override
    public Optional<Double> callsPerSecond(Workload workload, int threads, MeasurementTime pace) {
      ran.add("%s: %s on %d".formatted(name, workload.name(), threads));
      return switch (name) {
        case "broken" -> throw new PeerFailure("broken ended with exit code 134");
        case "absent" -> Optional.empty();
        default -> Optional.of(10.0);
      };
    }
  }

  @Test
  void runsOursAndThePeersInTurnRoundByRound() {
    measure(2, PRODUCT, OWN);
    assertThat(ran)
        .filteredOn(line -> !line.startsWith("peak") && !line.startsWith("copying"))
        .containsExactly(
            "multiply-add peak{}",
            "multiply-add peak{}",
            "gemm{threads=2}",
            "fast: gemm on 2",
            "absent: gemm on 2",
            "broken: gemm on 2",
            "own{threads=2}",
            "multiply-add peak{}",
            "multiply-add peak{}",
            "gemm{threads=2}",
            "fast: gemm on 2",
            "own{threads=2}");
  }

  @Test
  void comparesWithTheFastestPeerAndWithTheMachine() {
    Report report = measure(1, PRODUCT, OWN);
    Report.Row product = report.rows().getFirst();
    assertThat(product.speed().median()).isEqualTo(50);
    assertThat(product.ratio()).hasValueCloseTo(0.5, within(1e-12));
    assertThat(report.machine().best().operations()).isEqualTo(5 * 40);
    assertThat(product.bound()).isEqualTo(10.0 * 5 * 40 / 20);
    assertThat(report.rows().getLast().ratio()).isEmpty();
    assertThat(report.failures()).containsExactly("broken ended with exit code 134");
  }

  @Test
  void measuresThePeakAtTheWidthThatAWorkloadIsForcedTo() {
    Fork fork =
        (measurement, callers) ->
            new Fork.Measured(1, 0, new Cost(measurement.vectorBits().orElse(512) * callers, 1, 0));
    Report report =
        new Bench(1, 2, MeasurementTime.QUICK, fork, ChildProcesses.guarded())
            .run(List.of(OWN.withVectorBits(128), OWN), List.of(), new BenchProgressTest.Silent());
    assertThat(report.rows().getFirst().peak().operations()).isEqualTo(256);
    assertThat(report.rows().getLast().peak().operations()).isEqualTo(1024);
  }

  @Test
  void printsTheSameNumbersForPeopleAndForScripts() {
    Report report = measure(3, PRODUCT, OWN);
    assertThat(BenchTable.text(report, PROCESSOR))
        .contains("Abacus, 3 processors")
        .contains("fast: fast 1.0")
        .containsPattern(
            "gemm +GFLOP/s +50\\.0 +100 +- +failed +0\\.50 +100 +0\\.50 +3 +50\\.0 - 50\\.0 +64 B")
        .containsPattern("own +GB/s +5\\.00 +- +- +- +- +");
    Map<String, Object> json = BenchJson.document(report, PROCESSOR);
    assertThat(json)
        .extractingByKey("machine")
        .asInstanceOf(InstanceOfAssertFactories.MAP)
        .containsEntry("processor", "Abacus")
        .containsEntry("peakGflops", 200 / 1e9);
    assertThat(json)
        .extractingByKey("workloads")
        .asInstanceOf(InstanceOfAssertFactories.LIST)
        .first()
        .asInstanceOf(InstanceOfAssertFactories.MAP)
        .containsOnly(
            Map.entry("name", "gemm"),
            Map.entry("unit", "GFLOP/s"),
            Map.entry("wta", 50.0),
            Map.entry("peers", Map.of("fast", 100.0)),
            Map.entry("ratio", 0.5),
            Map.entry("bound", 100.0),
            Map.entry("ofBound", 0.5),
            Map.entry("forks", 3),
            Map.entry("spread", Map.of("min", 50.0, "max", 50.0)),
            Map.entry("peersSpread", Map.of("fast", Map.of("min", 100.0, "max", 100.0))),
            Map.entry("heapBytesPerCall", 64.0));
    assertThat(json).containsEntry("failures", List.of("broken ended with exit code 134"));
  }

  @Test
  void boundsACallByWhateverTakesLongest() {
    Cost.Peak peak = new Cost.Peak(100, 10, 1);
    assertThat(new Cost(200, 5, 0).seconds(peak)).isEqualTo(2);
    assertThat(new Cost(50, 5, 0).seconds(peak)).isEqualTo(0.5);
    assertThat(new Cost(50, 5, 3).seconds(peak)).isEqualTo(3);
  }

  @Test
  void countsTheMedianForkAndShowsTheExtremes() {
    Forks odd = new Forks(List.of(9.0, 1.0, 4.0));
    assertThat(odd.median()).isEqualTo(4);
    assertThat(odd.min()).isEqualTo(1);
    assertThat(odd.max()).isEqualTo(9);
    assertThat(new Forks(List.of(4.0, 1.0)).times(2).median()).isEqualTo(5);
  }
}
