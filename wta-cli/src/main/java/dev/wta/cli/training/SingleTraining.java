package dev.wta.cli.training;

import dev.wta.api.backend.Backend;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.cli.option.ComputeOptions;
import dev.wta.cli.option.TrainingFiles;
import dev.wta.cli.output.EstimateSummary;
import dev.wta.cli.output.ExitCode;
import dev.wta.cli.output.JsonOutput;
import dev.wta.cli.output.TrainingSummary;
import dev.wta.cli.terminal.Console;
import dev.wta.cli.terminal.StageDisplay;
import dev.wta.cli.terminal.WatchedTraining;
import dev.wta.data.Dataset;
import dev.wta.data.reading.PeekedStream;
import dev.wta.models.FeatureExtractor;
import dev.wta.models.ModelFamily;
import dev.wta.models.training.RunSettings;
import dev.wta.models.training.Trainer;
import dev.wta.models.training.TrainingEstimate;
import dev.wta.models.training.TrainingResult;
import dev.wta.models.training.TrainingSettings;
import java.util.function.Consumer;

/** The training of one model: opens what it needs, trains or estimates, and prints the result. */
final class SingleTraining {
  private final ModelFamily family;
  private final RunSettings settings;
  private final TrainingFiles files;
  private final RunOptions run;
  private final ComputeOptions compute;
  private final Console screen;

  SingleTraining(
      ModelFamily family,
      RunSettings settings,
      TrainingFiles files,
      RunOptions run,
      ComputeOptions compute,
      Console screen) {
    this.family = family;
    this.settings = settings;
    this.files = files;
    this.run = run;
    this.compute = compute;
    this.screen = screen;
  }

  /**
   * Trains, or estimates.
   *
   * @param targets a transcoder's targets; null for other models
   * @return the exit code
   */
  int call(Dataset targets) {
    if (streams()) {
      try (PeekedStream samples = files.stream()) {
        return call(
            samples.sampleShape(),
            trainer -> trainer.stream(samples),
            samples.name(),
            samples.labelled());
      }
    }
    try (Dataset samples = files.open()) {
      return call(
          settings.training().sampleShape(samples),
          trainer -> {
            trainer.data(samples);
            if (targets != null) {
              trainer.target(targets);
            }
          },
          samples.name(),
          samples.labelled());
    }
  }

  /** Whether samples are read once as they arrive, and need not be kept. */
  private boolean streams() {
    TrainingSettings training = settings.training();
    boolean once = training.epochs() == 1 && training.patch().isEmpty() && training.heldOut() == 0;
    return files.standardInput()
        && once
        && !run.resume
        && files.target() == null
        && !(run.dryRun && training.steps() == 0)
        && !family.classifies()
        && !family.trainsByLayer();
  }

  /**
   * Makes the model and its trainer.
   *
   * @param sample the shape of what the model encodes
   * @param data gives the trainer its data
   * @param name of the data, for messages
   * @param labelled whether the data have labels
   */
  private int call(Shape sample, Consumer<Trainer> data, String name, boolean labelled) {
    TrainingSettings training = settings.training();
    try (Backend backend = compute.open();
        FeatureExtractor model =
            family.create(settings.model(), sample, backend, Seed.of(training.seed()))) {
      Trainer trainer = Trainer.of(model);
      run.fineTune(trainer);
      data.accept(trainer);
      trainer.settings(training).resume(run.resume);
      try (Dataset validation = files.openValidation();
          Dataset validationTargets = files.openValidationTarget()) {
        if (validation != null && validationTargets != null) {
          trainer.validation(validation, validationTargets);
        } else if (validation != null) {
          trainer.validation(validation);
        }
        return run.dryRun ? estimate(trainer, model, name) : train(trainer, name, labelled);
      }
    }
  }

  private int estimate(Trainer trainer, FeatureExtractor model, String data) {
    if (run.out != null) {
      trainer.to(run.out);
    }
    TrainingEstimate estimate;
    try (StageDisplay display = new StageDisplay(screen)) {
      estimate = trainer.listen(display.ofPreparations()).estimate();
    }
    if (run.json) {
      JsonOutput.print(EstimateSummary.toJson(estimate, model));
    } else {
      EstimateSummary.print(estimate, model, data);
    }
    return ExitCode.OK;
  }

  private int train(Trainer trainer, String data, boolean labelled) {
    TrainingResult result =
        WatchedTraining.run(trainer, data, streams() ? null : files.sources(), run.out, screen);
    if (result.status() == TrainingResult.Status.STOPPED) {
      return ExitCode.INTERRUPTED;
    }
    if (run.json) {
      JsonOutput.print(TrainingSummary.toJson(result, files.data(), files.target(), run.out));
    } else {
      TrainingSummary.print(result, files.samples(), labelled, run.out);
    }
    return ExitCode.OK;
  }
}
