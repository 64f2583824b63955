package dev.wta.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wta.api.WtaException;
import dev.wta.cli.CommandProvider;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.VerboseMode;
import picocli.CommandLine;

class BenchTest {

  @Test
  void isOfferedToTheCommandLine() {
    assertThat(ServiceLoader.load(CommandProvider.class))
        .anySatisfy(
            provider ->
                assertThat(new CommandLine(provider.command()).getCommandName())
                    .isEqualTo("bench"));
  }

  @Test
  void everyWorkloadHasItsBenchmark() {
    List<String> benchmarks =
        BenchmarkList.defaultList()
            .getAll(
                OutputFormatFactory.createFormatInstance(System.out, VerboseMode.SILENT), List.of())
            .stream()
            .map(entry -> entry.getUsername())
            .toList();
    assertThat(Workload.all())
        .allSatisfy(workload -> assertThat(benchmarks).contains(workload.benchmark()));
  }

  @Test
  void namesTheWorkloadsWhereOneIsUnknown() {
    BenchCommand command = new BenchCommand();
    command.names = List.of("gemm", "encoed");
    assertThatThrownBy(command::call)
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("no workload 'encoed'")
        .hasMessageContaining("gemm, ")
        .hasMessageContaining("fc-wta-step");
  }

  @Test
  void boundsAWorkloadByWhateverTakesLonger() {
    Workload.Peak peak = new Workload.Peak(100, 10);
    assertThat(new Workload.Cost(200, 5).seconds(peak)).isEqualTo(2);
    assertThat(new Workload.Cost(50, 5).seconds(peak)).isEqualTo(0.5);
    Workload workload =
        new Workload("w", "images/s", true, "b", Map.of(), 30, new Workload.Cost(200, 5));
    assertThat(workload.bound(peak)).isEqualTo(15);
  }

  @Test
  void countsTheMedianForkAndShowsTheExtremes() {
    Forks odd = new Forks(List.of(9.0, 1.0, 4.0));
    assertThat(odd.median()).isEqualTo(4);
    assertThat(odd.min()).isEqualTo(1);
    assertThat(odd.max()).isEqualTo(9);
    assertThat(new Forks(List.of(4.0, 1.0)).times(2).median()).isEqualTo(5);
  }

  @Test
  void printsTheSameNumbersForPeopleAndForScripts() {
    Workload workload =
        new Workload("encode", "images/s", true, "b", Map.of(), 100, new Workload.Cost(50e9, 0));
    Forks peak = new Forks(List.of(100e9, 80e9));
    Bench.Machine machine = new Bench.Machine(2, peak, peak, peak);
    Bench.Row row =
        new Bench.Row(workload, new Forks(List.of(150.0, 90.0, 100.0)), new Forks(List.of(64.0)));
    Bench.Report report = new Bench.Report(machine, List.of(row));

    assertThat(BenchTable.text(report))
        .containsPattern("encode +images/s +100\\.0 +200\\.0 +0\\.50 +3 +90\\.0 - 150\\.0");
    Map<String, Object> json = BenchTable.json(report);
    assertThat(json)
        .extractingByKey("machine")
        .asInstanceOf(InstanceOfAssertFactories.MAP)
        .containsEntry("peakGflops", 100.0);
    assertThat(json)
        .extractingByKey("workloads")
        .asInstanceOf(InstanceOfAssertFactories.LIST)
        .singleElement()
        .isEqualTo(
            Map.of(
                "name",
                "encode",
                "unit",
                "images/s",
                "wta",
                100.0,
                "bound",
                200.0,
                "ofBound",
                0.5,
                "forks",
                3,
                "min",
                90.0,
                "max",
                150.0,
                "heapBytesPerCall",
                64.0));
  }

  @Test
  @Tag("slow")
  void measuresAKernelInAForkAndChecksIt() {
    Workload encode =
        Workload.all().stream().filter(w -> w.name().equals("encode")).findFirst().orElseThrow();
    Bench.Report report = new Bench(List.of(encode), 1, 1, line -> {}).run();
    Bench.Row row = report.rows().getFirst();
    double ofBound = row.speed().median() / encode.bound(report.machine().best());
    assertThat(ofBound).isGreaterThan(0).isLessThan(1.2);
    assertThat(row.heapBytes().median()).isLessThan(10_000);
  }
}
