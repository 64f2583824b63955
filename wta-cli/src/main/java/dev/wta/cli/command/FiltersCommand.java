package dev.wta.cli.command;

import dev.wta.cli.job.FiltersJob;
import dev.wta.cli.job.RunToRead;
import dev.wta.cli.option.ComputeOptions;
import dev.wta.cli.output.ExitCode;
import dev.wta.cli.output.JsonOutput;
import dev.wta.cli.output.Output;
import dev.wta.cli.wiring.CompositionRoot;
import dev.wta.cli.wiring.Wired;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code wta filters}: a picture of what the units have learnt. */
@Command(
    name = "filters",
    description = {
      "Draws what a run's units have learnt: the decoder's filters, largest first, as PNG.",
      "",
      "Each filter is drawn on its own range, and its zero is grey. Those of a stacked model's"
          + " upper layers are drawn by the decoders below them."
    },
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  wta filters --run runs/first --out filters.png",
      "  wta filters --run runs/first --out filters.png --units 100",
      "  wta filters --run runs/stack --out first.png --layer 1"
    })
public final class FiltersCommand implements Callable<Integer> {
  @Option(names = "--run", required = true, paramLabel = "DIR", description = "The run's folder.")
  Path run;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FILE",
      description = "The PNG file to write.")
  Path out;

  @Option(
      names = "--units",
      paramLabel = "N",
      defaultValue = "400",
      description = "Draw at most so many units; ${DEFAULT-VALUE} unless given.")
  int units;

  @Option(
      names = "--layer",
      paramLabel = "N",
      description =
          "Draw the units of this layer of a stacked model, from 1; the last one unless given.")
  Integer layer;

  @Option(names = "--json", description = "Print one JSON document.")
  boolean json;

  @Mixin ComputeOptions compute;

  @Spec CommandSpec spec;

  @Override
  public Integer call() {
    if (units < 1) {
      throw new ParameterException(
          spec.commandLine(), "--units is %d, and has to be at least 1".formatted(units));
    }
    FiltersJob.Summary summary;
    try (Wired<FiltersJob> wired =
        CompositionRoot.filters(RunToRead.of(run), compute.toCompute())) {
      summary = wired.job().run(out, units, Optional.ofNullable(layer));
    }
    if (json) {
      JsonOutput.print(toJson(summary));
    } else {
      Output.writer()
          .println(
              String.format(
                  "%s: %,d of %,d units", summary.out(), summary.drawn(), summary.units()));
    }
    return ExitCode.OK;
  }

  private static Map<String, Object> toJson(FiltersJob.Summary summary) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("out", summary.out().toString());
    json.put("drawn", summary.drawn());
    json.put("units", summary.units());
    return json;
  }
}
