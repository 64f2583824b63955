package dev.wta.bench.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wta.api.WtaException;
import dev.wta.bench.result.BenchmarkSpec;
import dev.wta.workloads.Workload;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.BenchmarkListEntry;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.VerboseMode;

class BenchmarkTableTest {
  private static Map<String, BenchmarkListEntry> benchmarks() {
    return BenchmarkList.defaultList()
        .getAll(OutputFormatFactory.createFormatInstance(System.err, VerboseMode.SILENT), List.of())
        .stream()
        .collect(Collectors.toMap(BenchmarkListEntry::getUsername, entry -> entry));
  }

  @Test
  void everyMeasurementHasItsBenchmarkAndThatBenchmarksParameters() {
    Map<String, BenchmarkListEntry> benchmarks = benchmarks();
    assertThat(BenchmarkTable.all())
        .allSatisfy(
            measurement -> {
              assertThat(benchmarks).containsKey(measurement.benchmark());
              Map<String, String[]> known =
                  benchmarks.get(measurement.benchmark()).getParams().orElse(Map.of());
              measurement
                  .parameters()
                  .forEach(
                      (name, value) -> assertThat(Arrays.asList(known.get(name))).contains(value));
            });
  }

  @Test
  void everyWorkloadThatPeersKnowCanBeMeasured() {
    assertThat(BenchmarkTable.all())
        .extracting(measurement -> measurement.comparison().orElse(null))
        .containsAll(Workload.all());
    assertThat(BenchmarkTable.all()).extracting(BenchmarkSpec::name).doesNotHaveDuplicates();
  }

  @Test
  void namesTheWorkloadsWhereOneIsUnknown() {
    assertThatThrownBy(() -> BenchmarkTable.named(List.of("gemm", "encoed")))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("no workload 'encoed'")
        .hasMessageContaining("gemm, ")
        .hasMessageContaining("fc-wta-step");
  }

  @Test
  void listsTheWorkloads() {
    assertThat(BenchmarkTable.list())
        .containsPattern("gemm +GFLOP/s +in the table")
        .containsPattern("gemm-128 +GFLOP/s +where named");
  }

  @Test
  void findsKernelsWithEachValueOfTheirParameters() {
    assertThat(KernelBenchmarks.matching("gemm.*1152x2048x784"))
        .extracting(BenchmarkSpec::name)
        .containsExactlyInAnyOrder(
            "Gemm.product 1152x2048x784 nn",
            "Gemm.product 1152x2048x784 nt",
            "Gemm.product 1152x2048x784 tn");
    assertThatThrownBy(() -> KernelBenchmarks.matching("nothing"))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("FcWtaKernels.encode, ");
    assertThatThrownBy(() -> KernelBenchmarks.matching("("))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("no regular expression");
  }
}
