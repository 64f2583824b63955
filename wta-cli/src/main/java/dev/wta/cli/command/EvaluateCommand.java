package dev.wta.cli.command;

import dev.wta.api.backend.Backend;
import dev.wta.cli.option.ComputeOptions;
import dev.wta.cli.option.DataOptions;
import dev.wta.cli.option.RunArgument;
import dev.wta.cli.output.EvaluationSummary;
import dev.wta.cli.output.ExitCode;
import dev.wta.cli.output.JsonOutput;
import dev.wta.cli.terminal.Console;
import dev.wta.cli.terminal.StageDisplay;
import dev.wta.data.Dataset;
import dev.wta.data.importer.format.NpyMatrix;
import dev.wta.data.synthetic.TrueActivations;
import dev.wta.eval.Evaluation;
import dev.wta.eval.EvaluationRecord;
import dev.wta.eval.EvaluationReport;
import dev.wta.eval.dictionary.Dictionary;
import dev.wta.models.FeatureExtractor;
import dev.wta.models.run.RunDirectory;
import jakarta.inject.Inject;
import jakarta.inject.Provider;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code wta evaluate}: a run by the measures of the field. */
@Command(
    name = "evaluate",
    description = {
      "Measures a run's reconstruction, sparsity and the cosines between its latents.",
      "",
      "If the data has labels, single latents are probed for the classes, too. --against compares"
          + " the dictionary with another run's, --truth with the true features of synthetic data."
          + " The result is also written to the run's folder as evaluation.json, where 'wta report'"
          + " finds it."
    },
    parameterListHeading = "%nSource:%n",
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  wta evaluate runs/first --data test.arrow",
      "  wta evaluate runs/first --data test.arrow --against runs/second --json",
      "  wta evaluate runs/first --data test.arrow --truth dictionary.npy",
      "  wta evaluate runs/sae --data acts.parquet --column hook_resid_post \\",
      "               --label language --drop token_ids=0"
    })
public final class EvaluateCommand implements Callable<Integer> {
  @ArgGroup(multiplicity = "1")
  RunArgument run;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "FILE",
      description = "The samples to measure with, other than those of the training.")
  Path data;

  @Option(
      names = "--target",
      paramLabel = "FILE",
      description = "A transcoder's targets of the samples.")
  Path target;

  @Option(
      names = "--against",
      paramLabel = "RUN",
      description = "The run to compare the dictionary with.")
  Path against;

  @Option(
      names = "--truth",
      paramLabel = "FILE",
      description = "The true features of synthetic data: a .npy file of one row per feature.")
  Path truth;

  @Option(
      names = "--activations",
      paramLabel = "FILE",
      description =
          "The true activations (default: the file that 'wta synthesise' wrote beside the data).")
  Path activations;

  @Option(names = "--json", description = "Print one JSON document.")
  boolean json;

  @Mixin DataOptions dataOptions;

  @Mixin ComputeOptions compute;

  @Inject Provider<Console> screen;

  @Spec CommandSpec spec;

  @Override
  public Integer call() {
    if (activations != null && truth == null) {
      throw new ParameterException(
          spec.commandLine(), "--activations are of the features of --truth, and there is none");
    }
    RunDirectory opened = run.open();
    EvaluationReport report;
    try (StageDisplay display = new StageDisplay(screen.get());
        Dataset samples = dataOptions.open(data);
        Dataset targets = target == null ? null : dataOptions.openTarget(target, null);
        Backend backend = compute.open();
        FeatureExtractor encoder = opened.load(backend)) {
      encoder.requireShape(samples);
      Evaluation evaluation = Evaluation.of(opened, encoder).listen(display);
      Optional.ofNullable(targets).ifPresent(evaluation::targets);
      report = compared(evaluation, backend, samples);
    }
    if (json) {
      JsonOutput.print(EvaluationRecord.document(opened, report));
    } else {
      EvaluationSummary.print(opened, report);
    }
    screen.get().note("kept in " + EvaluationRecord.keep(opened, report));
    return ExitCode.OK;
  }

  private EvaluationReport compared(Evaluation evaluation, Backend backend, Dataset samples) {
    if (against != null) {
      RunDirectory other = RunDirectory.open(against);
      try (FeatureExtractor encoder = other.load(backend)) {
        evaluation.against(other, encoder);
      }
    }
    if (truth == null) {
      return evaluation.run(samples);
    }
    NpyMatrix features = NpyMatrix.read(truth);
    Dictionary rows = Dictionary.of(features.values(), features.columns());
    Optional<Path> real = activations();
    if (real.isEmpty()) {
      screen
          .get()
          .note("no F1: there is no %s".formatted(TrueActivations.beside(data).getFileName()));
      return evaluation.truth(truth.toString(), rows, Optional.empty()).run(samples);
    }
    try (TrueActivations given = TrueActivations.open(real.get(), rows.size())) {
      return evaluation.truth(truth.toString(), rows, Optional.of(given)).run(samples);
    }
  }

  private Optional<Path> activations() {
    return activations == null && Files.isRegularFile(TrueActivations.beside(data))
        ? Optional.of(TrueActivations.beside(data))
        : Optional.ofNullable(activations);
  }
}
