package dev.wta.cli.command;

import dev.wta.cli.job.EncodingJob;
import dev.wta.cli.job.RunToRead;
import dev.wta.cli.option.ComputeOptions;
import dev.wta.cli.option.PoolOption;
import dev.wta.cli.option.Verbosity;
import dev.wta.cli.output.ExitCode;
import dev.wta.cli.output.JsonOutput;
import dev.wta.cli.output.Output;
import dev.wta.cli.terminal.Console;
import dev.wta.cli.wiring.CompositionRoot;
import dev.wta.cli.wiring.Wired;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code wta encode}: writes a data set's features. */
@Command(
    name = "encode",
    description = "Writes the features that a run's model gives a data set, the competition off.",
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExamples:%n",
    footer = {"  wta encode --run runs/first --data test.arrow --out features.arrow"})
public final class EncodeCommand implements Callable<Integer> {
  @Option(names = "--run", required = true, paramLabel = "DIR", description = "The run's folder.")
  Path run;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "FILE",
      description = "The Arrow file to encode.")
  Path data;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FILE",
      description =
          "The Arrow file to write: a row of features a sample, and its label if it has one.")
  Path out;

  @Option(names = "--json", description = "Print one JSON document.")
  boolean json;

  @Mixin PoolOption pool;

  @Mixin ComputeOptions compute;

  @ParentCommand Verbosity verbosity;

  @Override
  public Integer call() {
    EncodingJob.Summary summary;
    try (Wired<EncodingJob> wired =
        CompositionRoot.encoding(
            new RunToRead(run, pool.value()),
            data,
            compute.toCompute(),
            Console.ofStandardError(verbosity.quiet()))) {
      summary = wired.job().run(out);
    }
    if (json) {
      JsonOutput.print(toJson(summary));
    } else {
      Output.writer()
          .println(
              String.format(
                  "%s: %,d samples of %,d features%s",
                  summary.out(),
                  summary.samples(),
                  summary.features(),
                  summary.labelled() ? ", with labels" : ""));
    }
    return ExitCode.OK;
  }

  private static Map<String, Object> toJson(EncodingJob.Summary summary) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("out", summary.out().toString());
    json.put("samples", summary.samples());
    json.put("features", summary.features());
    json.put("labelled", summary.labelled());
    return json;
  }
}
