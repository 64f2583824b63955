package dev.wta.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.wta.api.WtaException;
import dev.wta.cli.ExitCode;
import dev.wta.cli.Output;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code wta bench}: how fast this machine runs the workloads, beside what it could do at most. */
@Command(
    name = "bench",
    description =
        "Measures how fast this machine runs the main workloads, and how close that is to what it"
            + " could do at most.",
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  wta bench                                 the table, which takes some minutes",
      "  wta bench --workload fc-wta-step          one training step",
      "  wta bench --workload gemm,encode --forks 3 --json"
    })
public final class BenchCommand implements Callable<Integer> {
  @Option(
      names = "--workload",
      split = ",",
      paramLabel = "<name>",
      description = "What to measure; several with commas. Default: gemm, encode, fc-wta-step.")
  List<String> names = List.of();

  @Option(
      names = "--forks",
      paramLabel = "<n>",
      description = "JVMs to measure each in; their median counts. Default: ${DEFAULT-VALUE}.")
  int forks = 5;

  @Option(
      names = "--threads",
      paramLabel = "<n>",
      description = "Threads to give the backend. Default: one for each processor.")
  int threads = Runtime.getRuntime().availableProcessors();

  @Option(names = "--json", description = "Print one JSON document.")
  boolean json;

  @Override
  public Integer call() {
    if (forks < 1 || threads < 1) {
      throw new WtaException(
          "%d forks with %d threads measure nothing".formatted(forks, threads),
          "give --forks and --threads at least 1");
    }
    Bench.Report report =
        new Bench(chosen(), forks, threads, line -> System.err.println("bench: " + line)).run();
    if (json) {
      print(BenchTable.json(report));
    } else {
      Output.writer().print(BenchTable.text(report));
    }
    return ExitCode.OK;
  }

  private List<Workload> chosen() {
    List<Workload> all = Workload.all();
    if (names.isEmpty()) {
      return all.stream().filter(Workload::inTable).toList();
    }
    List<Workload> chosen = new ArrayList<>();
    for (String name : names) {
      chosen.add(
          all.stream()
              .filter(workload -> workload.name().equals(name))
              .findFirst()
              .orElseThrow(
                  () ->
                      new WtaException(
                          "there is no workload '%s'".formatted(name),
                          "choose from "
                              + all.stream()
                                  .map(Workload::name)
                                  .collect(Collectors.joining(", ")))));
    }
    return chosen;
  }

  private static void print(Object document) {
    try {
      Output.writer()
          .println(
              new ObjectMapper()
                  .enable(SerializationFeature.INDENT_OUTPUT)
                  .writeValueAsString(document));
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException("not JSON: " + document, impossible);
    }
  }
}
