package dev.wta.cli.command;

import dev.wta.api.backend.Backend;
import dev.wta.cli.option.ComputeOptions;
import dev.wta.cli.option.DataOptions;
import dev.wta.cli.option.RunArgument;
import dev.wta.cli.output.ExitCode;
import dev.wta.cli.output.JsonOutput;
import dev.wta.cli.output.Output;
import dev.wta.cli.terminal.Console;
import dev.wta.cli.terminal.Counted;
import dev.wta.cli.terminal.StageDisplay;
import dev.wta.data.Dataset;
import dev.wta.eval.probe.ClassPredictions;
import dev.wta.eval.probe.ConfusionMatrix;
import dev.wta.models.Classifier;
import dev.wta.models.run.RunDirectory;
import jakarta.inject.Inject;
import jakarta.inject.Provider;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code wta predict}: what a run's own classifier says of a data set. */
@Command(
    name = "predict",
    description = {
      "Predicts the classes of a data set by a model's own classifier (drsae).",
      "",
      "If the data has labels, the error rate is printed. For models without a classifier use 'wta"
          + " probe'."
    },
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  wta predict --run runs/drsae --data test.arrow",
      "  wta predict --run runs/drsae --data new.arrow --out labels.csv"
    })
public final class PredictCommand implements Callable<Integer> {
  @ArgGroup(multiplicity = "1")
  RunArgument run;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "FILE",
      description = "The samples to classify.")
  Path data;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description =
          "The file to write predictions to: a .csv of one line per sample, or an .arrow of class"
              + " scores as features and the predicted class as label.")
  Path out;

  @Option(names = "--json", description = "Print one JSON document.")
  boolean json;

  @Mixin DataOptions dataOptions;

  @Mixin ComputeOptions compute;

  @Inject Provider<Console> screen;

  @Override
  public Integer call() {
    RunDirectory opened = run.open();
    ClassPredictions.requireClassifier(opened);
    if (out != null) {
      ClassPredictions.requireFormat(out);
    }
    ClassPredictions predictions;
    try (Dataset samples = dataOptions.open(data);
        Backend backend = compute.open();
        Classifier model = (Classifier) opened.loadModel(backend);
        StageDisplay display = new StageDisplay(screen.get())) {
      predictions =
          out == null
              ? ClassPredictions.of(model, samples, display)
              : ClassPredictions.write(model, samples, out, run.toString(), display);
    }
    if (json) {
      JsonOutput.print(toJson(predictions));
    } else {
      print(predictions);
    }
    return ExitCode.OK;
  }

  private void print(ClassPredictions predictions) {
    PrintWriter writer = Output.writer();
    predictions
        .confusion()
        .ifPresentOrElse(
            confusion ->
                writer.printf(
                    "test error  %.2f %%  (%,d of %,d)%n",
                    100 * confusion.error(),
                    Math.round(confusion.error() * predictions.samples()),
                    predictions.samples()),
            () ->
                writer.printf("%s without labels%n", Counted.of(predictions.samples(), "sample")));
    if (out != null) {
      writer.printf("the predictions are in %s%n", out);
    }
  }

  private Map<String, Object> toJson(ClassPredictions predictions) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("run", run.toString());
    document.put("data", data.toString());
    document.put("samples", predictions.samples());
    document.put("classes", predictions.classes());
    document.put("testError", predictions.confusion().map(ConfusionMatrix::error).orElse(null));
    document.put(
        "errorPerClass", predictions.confusion().map(ConfusionMatrix::errorPerClass).orElse(null));
    document.put("out", out == null ? null : out.toString());
    return document;
  }
}
