package dev.wta.cli.command;

import dev.wta.api.ProgressListener;
import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.cli.option.ComputeOptions;
import dev.wta.cli.option.DataOptions;
import dev.wta.cli.option.FewLabelsOptions;
import dev.wta.cli.option.PoolOption;
import dev.wta.cli.option.RunArgument;
import dev.wta.cli.output.ExitCode;
import dev.wta.cli.output.JsonOutput;
import dev.wta.cli.output.ProbeSummary;
import dev.wta.cli.terminal.Console;
import dev.wta.cli.terminal.StageDisplay;
import dev.wta.data.Dataset;
import dev.wta.eval.ProbeExperiment;
import dev.wta.eval.ProbeRecord;
import dev.wta.eval.ProbeReport;
import dev.wta.eval.probe.CostChoice;
import dev.wta.eval.probe.LinearProbe;
import dev.wta.eval.probe.LinearSvm;
import dev.wta.eval.probe.ProbeOptions;
import dev.wta.eval.probe.SoftmaxRegression;
import dev.wta.eval.scaling.FeatureScaling;
import dev.wta.models.FeatureExtractor;
import dev.wta.models.run.RunDirectory;
import dev.wta.models.storage.FeatureStorage;
import jakarta.inject.Inject;
import jakarta.inject.Provider;
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

/** {@code wta probe}: how well a linear classifier does on a run's features. */
@Command(
    name = "probe",
    description = {
      "Fits a linear classifier to a run's features and measures its test error.",
      "",
      "The classifier is fitted to the training samples. Its C is chosen on a held-out part of"
          + " them; the test labels are used once, for the error that is printed. The result is"
          + " also written to the run's folder, under probes, where 'wta report' finds it; if it"
          + " cannot be written, the exit code is 2."
    },
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  wta probe --run runs/first --train train.arrow --test test.arrow",
      "  wta probe --run runs/first --train train.arrow --test test.arrow --c 3 --json",
      "  wta probe --run runs/conv --train train.arrow --test test.arrow --pool 11/6",
      "  wta probe --run runs/first --train train.arrow --test test.arrow \\",
      "            --labels 300,600,1000 --repeats 5 --plot labels.svg",
      "  wta probe --raw --train train.arrow --test test.arrow"
    })
public final class ProbeCommand implements Callable<Integer> {
  @ArgGroup(multiplicity = "1")
  Source source;

  /** What is judged. */
  static final class Source {
    @ArgGroup(multiplicity = "1")
    RunArgument run;

    @Option(
        names = "--raw",
        required = true,
        description = "Fit the classifier to the samples themselves, as a baseline.")
    boolean raw;
  }

  @Option(
      names = "--train",
      required = true,
      paramLabel = "FILE",
      description = "The labelled Arrow file to fit the classifier to.")
  Path train;

  @Option(
      names = "--test",
      required = true,
      paramLabel = "FILE",
      description = "The labelled Arrow file to measure the error on.")
  Path test;

  @Option(
      names = "--target",
      paramLabel = "FILE",
      description =
          "A transcoder's targets of the samples of --test; without them explained variance is not"
              + " measured.")
  Path target;

  @Option(
      names = "--classifier",
      paramLabel = "NAME",
      defaultValue = "svm",
      description =
          "svm (squared hinge, one against the rest) or softmax (default: ${DEFAULT-VALUE}).")
  Classifier classifier;

  @Option(
      names = "--c",
      paramLabel = "C",
      description = "The C of the classifier's loss (default: chosen by validation).")
  Double c;

  @Option(
      names = "--scaling",
      paramLabel = "HOW",
      description = "The scaling of the features: " + FeatureScaling.SYNTAX + ".")
  String scaling;

  @Mixin FewLabelsOptions fewLabels;

  @Option(names = "--json", description = "Print one JSON document.")
  boolean json;

  @Mixin PoolOption pool;

  @Mixin DataOptions dataOptions;

  @Mixin ComputeOptions compute;

  @Inject Provider<Console> screen;

  @Spec CommandSpec spec;

  /** The linear classifiers. */
  enum Classifier {
    SVM,
    SOFTMAX;

    LinearProbe with(ProbeOptions options) {
      return this == SVM ? new LinearSvm(options) : new SoftmaxRegression(options);
    }
  }

  @Override
  public Integer call() {
    if (c != null && !(c > 0 && Double.isFinite(c))) {
      throw new ParameterException(
          spec.commandLine(), "--c is %s, and has to be a number above 0".formatted(c));
    }
    if (source.raw && !pool.changed().isEmpty()) {
      throw new ParameterException(
          spec.commandLine(), "--pool is for the features of a run, and --raw has none");
    }
    if (source.raw && target != null) {
      throw new ParameterException(
          spec.commandLine(), "--target is for a run of a transcoder, and --raw has none");
    }
    ProbeReport report;
    try (StageDisplay display = new StageDisplay(screen.get())) {
      LinearProbe probe = classifier.with(options(display));
      FeatureStorage storage = FeatureStorage.standard();
      report =
          probe(
              new ProbeExperiment(
                  probe,
                  fewLabels.of(probe),
                  source.raw ? storage : storage.in(source.run.folder())));
    }
    if (json) {
      JsonOutput.print(report.toMap());
    } else {
      ProbeSummary.print(report, c == null);
    }
    keep(report);
    return ExitCode.OK;
  }

  private ProbeOptions options(ProgressListener listener) {
    ProbeOptions options = ProbeOptions.defaults().withListener(listener);
    if (c != null) {
      options = options.withCost(new CostChoice.Fixed(c));
    }
    return scaling == null ? options : options.withScaling(FeatureScaling.parse(scaling));
  }

  private ProbeReport probe(ProbeExperiment experiment) {
    try (Dataset ofTrain = dataOptions.open(train);
        Dataset ofTest = dataOptions.open(test)) {
      if (source.raw) {
        try (Backend backend = compute.open()) {
          return experiment.runOnSamples(backend, ofTrain, ofTest);
        }
      }
      RunDirectory run = source.run.open();
      try (Backend backend = compute.open();
          FeatureExtractor encoder = run.loadFor(ofTrain, backend, pool.changed());
          Dataset targets = target == null ? null : dataOptions.openTarget(target, null)) {
        return experiment.run(
            "%s (%s)".formatted(run.path(), encoder.family()),
            encoder,
            ofTrain,
            ofTest,
            Optional.ofNullable(targets));
      }
    }
  }

  /** Keeps what has been printed; where one place fails, the other gets it nevertheless. */
  private void keep(ProbeReport report) {
    try {
      fewLabels.writePlot(report);
    } catch (WtaException noPlot) {
      keepInRun(report);
      throw noPlot;
    }
    keepInRun(report);
  }

  private void keepInRun(ProbeReport report) {
    if (!source.raw) {
      RunDirectory run = source.run.open();
      screen.get().note("kept in " + ProbeRecord.keep(run, pool.changed(), report));
    }
  }
}
