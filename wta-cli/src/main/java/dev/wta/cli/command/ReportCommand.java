package dev.wta.cli.command;

import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.cli.job.Compute;
import dev.wta.cli.job.ReportJob;
import dev.wta.cli.job.RunToRead;
import dev.wta.cli.option.ComputeOptions;
import dev.wta.cli.option.Verbosity;
import dev.wta.cli.option.WritesInto;
import dev.wta.cli.output.ExitCode;
import dev.wta.cli.output.JsonOutput;
import dev.wta.cli.output.Output;
import dev.wta.cli.terminal.Console;
import dev.wta.cli.terminal.StageDisplay;
import dev.wta.cli.wiring.CompositionRoot;
import dev.wta.cli.wiring.Wired;
import dev.wta.data.Dataset;
import dev.wta.data.arrow.DatasetFile;
import dev.wta.eval.ProbeExperiment;
import dev.wta.eval.ProbeRecord;
import dev.wta.eval.probe.LinearSvm;
import dev.wta.eval.report.RunReport;
import dev.wta.models.Encoder;
import dev.wta.models.run.RunDirectory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code wta report}: a page that shows a run. */
@Command(
    name = "report",
    description = {
      "Writes a page that shows a run: what its units draw and what excites them, reconstructions,"
          + " activity, curves, probes and where it all comes from.",
      "",
      "It is one HTML file that needs no network. Samples are the training data if they are still"
          + " where they were, or those of --data. Probes are those that 'wta probe' has kept, or a"
          + " new one with --train and --test."
    },
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  wta report --run runs/first --out report",
      "  wta report --run runs/first --out report --data test.arrow",
      "  wta report --run runs/first --out report --train train.arrow --test test.arrow"
    })
public final class ReportCommand implements Callable<Integer>, WritesInto {
  @Option(names = "--run", required = true, paramLabel = "DIR", description = "The run's folder.")
  Path run;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "The folder to write index.html into.")
  Path out;

  @Option(
      names = "--data",
      paramLabel = "FILE",
      description = "The Arrow file of samples to show; the training data unless given.")
  Path data;

  @ArgGroup(exclusive = false)
  Probe probe;

  /** A probe to be made first. */
  static final class Probe {
    @Option(
        names = "--train",
        required = true,
        paramLabel = "FILE",
        description = "Probe first: the labelled Arrow file to fit a linear SVM to.")
    Path train;

    @Option(
        names = "--test",
        required = true,
        paramLabel = "FILE",
        description = "The labelled Arrow file to measure its error on.")
    Path test;
  }

  @Option(names = "--json", description = "Print one JSON document.")
  boolean json;

  @Mixin ComputeOptions compute;

  @ParentCommand Verbosity verbosity;

  @Override
  public Integer call() {
    if (Files.exists(out) && !Files.isDirectory(out)) {
      throw new WtaException(
          "the report cannot be written to %s, which is a file".formatted(out),
          "give a folder with --out");
    }
    Console screen = Console.ofStandardError(verbosity.quiet());
    if (probe != null) {
      probeFirst(compute.toCompute(), screen);
    }
    RunReport.Summary summary;
    try (Wired<ReportJob> wired =
        CompositionRoot.report(
            RunToRead.unpooled(run), Optional.ofNullable(data), compute.toCompute(), screen)) {
      summary = wired.job().run(out);
    }
    if (json) {
      JsonOutput.print(toJson(summary));
    } else {
      Output.writer()
          .println(
              String.format(
                  "%s: one page of %,d KB", summary.page(), Math.ceilDiv(summary.bytes(), 1000)));
    }
    return ExitCode.OK;
  }

  @Override
  public List<String> fileNames() {
    return List.of(RunReport.PAGE);
  }

  private void probeFirst(Compute with, Console screen) {
    RunDirectory opened = RunDirectory.open(run);
    try (Dataset train = DatasetFile.open(probe.train);
        Dataset test = DatasetFile.open(probe.test);
        Backend backend = CompositionRoot.backend(with);
        Encoder encoder = opened.encoder(backend);
        StageDisplay display = new StageDisplay(screen)) {
      String name = "%s (%s)".formatted(run, encoder.family());
      ProbeExperiment svm = ProbeExperiment.of(LinearSvm.choosingC().listen(display));
      ProbeRecord.keep(opened, Map.of(), svm.run(name, encoder, train, test));
    }
  }

  private static Map<String, Object> toJson(RunReport.Summary summary) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("page", summary.page().toString());
    json.put("bytes", summary.bytes());
    return json;
  }
}
