package dev.wta.cli.command;

import dev.wta.cli.job.PredictingJob;
import dev.wta.cli.job.RunToRead;
import dev.wta.cli.option.ComputeOptions;
import dev.wta.cli.option.Verbosity;
import dev.wta.cli.output.ExitCode;
import dev.wta.cli.output.JsonOutput;
import dev.wta.cli.output.Output;
import dev.wta.cli.terminal.Console;
import dev.wta.cli.wiring.CompositionRoot;
import dev.wta.cli.wiring.Wired;
import dev.wta.eval.probe.ConfusionMatrix;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code wta predict}: what a run's own classifier says of a data set. */
@Command(
    name = "predict",
    description = {
      "Predicts the classes of a data set by the classifier that a run has of its own (drsae).",
      "",
      "Where the data has labels, the part that is told wrong is printed. Models without a"
          + " classifier are measured by 'wta probe'."
    },
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  wta predict --run runs/drsae --data test.arrow",
      "  wta predict --run runs/drsae --data new.arrow --out labels.csv"
    })
public final class PredictCommand implements Callable<Integer> {
  @Option(names = "--run", required = true, paramLabel = "DIR", description = "The run's folder.")
  Path run;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "FILE",
      description = "The Arrow file whose samples are classified.")
  Path data;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description =
          "Write the predictions: labels.csv with a line a sample, or labels.arrow with the scores"
              + " of the classes as features and the predicted class as label.")
  Path out;

  @Option(names = "--json", description = "Print one JSON document.")
  boolean json;

  @Mixin ComputeOptions compute;

  @ParentCommand Verbosity verbosity;

  @Override
  public Integer call() {
    PredictingJob.requireClassifier(run);
    if (out != null) {
      PredictingJob.requireFormat(out);
    }
    PredictingJob.Summary summary;
    try (Wired<PredictingJob> wired =
        CompositionRoot.predicting(
            RunToRead.of(run),
            data,
            compute.toCompute(),
            Console.ofStandardError(verbosity.quiet()))) {
      summary = wired.job().run(Optional.ofNullable(out));
    }
    if (json) {
      JsonOutput.print(toJson(summary));
    } else {
      print(summary);
    }
    return ExitCode.OK;
  }

  private void print(PredictingJob.Summary summary) {
    PrintWriter writer = Output.writer();
    summary
        .confusion()
        .ifPresentOrElse(
            confusion ->
                writer.printf(
                    "test error  %.2f %%  (%,d of %,d)%n",
                    100 * confusion.error(),
                    Math.round(confusion.error() * summary.samples()),
                    summary.samples()),
            () -> writer.printf("%,d samples, which have no labels%n", summary.samples()));
    if (out != null) {
      writer.printf("the predictions are in %s%n", out);
    }
  }

  private Map<String, Object> toJson(PredictingJob.Summary summary) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("run", run.toString());
    document.put("data", data.toString());
    document.put("samples", summary.samples());
    document.put("classes", summary.classes());
    document.put("testError", summary.confusion().map(ConfusionMatrix::error).orElse(null));
    document.put(
        "errorPerClass", summary.confusion().map(ConfusionMatrix::errorPerClass).orElse(null));
    document.put("out", out == null ? null : out.toString());
    return document;
  }
}
