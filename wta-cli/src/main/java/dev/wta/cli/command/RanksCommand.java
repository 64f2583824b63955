package dev.wta.cli.command;

import dev.wta.cli.job.RanksJob;
import dev.wta.cli.job.RunToRead;
import dev.wta.cli.option.ComputeOptions;
import dev.wta.cli.output.ExitCode;
import dev.wta.cli.output.JsonOutput;
import dev.wta.cli.output.Output;
import dev.wta.cli.wiring.CompositionRoot;
import dev.wta.cli.wiring.Wired;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code wta ranks}: the error of a rank-ordered autoencoder by the number of units it draws. */
@Command(
    name = "ranks",
    description = {
      "Measures how well the highest-ranked units of a roae run draw a data set.",
      "",
      "For each number of units: the length of the error that they leave, averaged over samples.",
      "A run of patches gets a random one of each picture."
    },
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  wta ranks --run runs/roae --data test.arrow",
      "  wta ranks --run runs/roae --data test.arrow --json"
    })
public final class RanksCommand implements Callable<Integer> {
  private static final int[] SHOWN = {1, 2, 5, 10, 20, 40, 80, 160, 320, 640, 1280};

  @Option(names = "--run", required = true, paramLabel = "DIR", description = "The run's folder.")
  Path run;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "FILE",
      description = "The Arrow file to draw.")
  Path data;

  @Option(names = "--json", description = "Print one JSON document, with each number of units.")
  boolean json;

  @Mixin ComputeOptions compute;

  @Override
  public Integer call() {
    RanksJob.requireRanks(run);
    RanksJob.Summary summary;
    try (Wired<RanksJob> wired =
        CompositionRoot.ranks(RunToRead.of(run), data, compute.toCompute())) {
      summary = wired.job().run();
    }
    if (json) {
      JsonOutput.print(toJson(summary));
    } else {
      print(summary);
    }
    return ExitCode.OK;
  }

  private static void print(RanksJob.Summary summary) {
    int units = summary.error().length;
    PrintWriter out = Output.writer();
    out.printf("error of %,d samples by the number of units%n", summary.samples());
    for (int count : Arrays.stream(SHOWN).filter(shown -> shown < units).toArray()) {
      out.printf("%,8d  %.3f%n", count, summary.error()[count - 1]);
    }
    out.printf("all %,4d  %.3f%n", units, summary.error()[units - 1]);
  }

  private static Map<String, Object> toJson(RanksJob.Summary summary) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("samples", summary.samples());
    json.put("units", summary.error().length);
    json.put("error", Arrays.stream(summary.error()).boxed().toList());
    return json;
  }
}
