package dev.wta.cli.command;

import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.cli.config.Configuration;
import dev.wta.cli.config.ConfiguredValue;
import dev.wta.cli.option.ComputeOptions;
import dev.wta.cli.option.RequiredOptions;
import dev.wta.cli.option.TrainingFiles;
import dev.wta.cli.output.EstimateSummary;
import dev.wta.cli.output.ExitCode;
import dev.wta.cli.output.JsonOutput;
import dev.wta.cli.output.SettingKeys;
import dev.wta.cli.output.TrainingSummary;
import dev.wta.cli.sweep.SweepGrid;
import dev.wta.cli.sweep.SweepRuns;
import dev.wta.cli.terminal.Console;
import dev.wta.cli.terminal.StageDisplay;
import dev.wta.cli.terminal.WatchedTraining;
import dev.wta.data.Dataset;
import dev.wta.data.reading.PeekedStream;
import dev.wta.models.FeatureExtractor;
import dev.wta.models.ModelFamilies;
import dev.wta.models.ModelFamily;
import dev.wta.models.Preset;
import dev.wta.models.run.RunConfig;
import dev.wta.models.run.RunDirectory;
import dev.wta.models.run.RunWriter;
import dev.wta.models.sae.TranscoderSettings;
import dev.wta.models.training.RunSettings;
import dev.wta.models.training.Trainer;
import dev.wta.models.training.TrainingEstimate;
import dev.wta.models.training.TrainingResult;
import dev.wta.models.training.TrainingSettings;
import jakarta.inject.Inject;
import jakarta.inject.Provider;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code wta train}: trains a model on a data set into a run directory. */
@Command(
    name = "train",
    description = {
      "Trains a model and writes the run to a folder.",
      "",
      "A new run needs --model, --data and --out. Its settings are the model's defaults, overridden"
          + " by --preset, then --config, then --set, then options such as --seed. 'wta train"
          + " --model NAME --keys' lists the settings and presets of a model, 'wta train --keys'"
          + " the models.",
      "",
      "--model stacked trains one model on another's features; a YAML file lists them:",
      "  layers: [{model: fc-wta, lifetime: 0.05}, {model: fc-wta, lifetime: 0.02}]",
      "'--set layers.2.epochs=20' overrides a value of the second."
    },
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  wta train --model fc-wta --data train.arrow --out runs/first",
      "  wta train --model fc-wta --data train.arrow --out runs/second \\",
      "            --set hidden=2000 --set lifetime=0.05 --set epochs=50",
      "  wta train --model fc-wta --data train.arrow --out runs/third --config fc.yaml",
      "  wta train --model conv-wta --data train.arrow --out runs/conv \\",
      "            --preset mnist-16",
      "  wta train --model stacked --data train.arrow --out runs/stack \\",
      "            --config stack.yaml",
      "  wta train --model topk-transcoder --data mlp-in.arrow --out runs/mlp \\",
      "            --target mlp-out.arrow",
      "  wta train --model topk --data train.arrow --out runs/best \\",
      "            --validation more.arrow",
      "  wta train --data train.arrow --out runs/third --resume",
      "  wta train --from runs/third --data more.arrow --out runs/fourth --set epochs=5",
      "  wta train --model topk --data train.arrow --out runs/sweep --sweep k=16,32,64",
      "  wta train --model fc-wta --data train.arrow --dry-run",
      "  wta train --model fc-wta --keys"
    })
public final class TrainCommand implements Callable<Integer> {
  @Option(
      names = "--model",
      paramLabel = "NAME",
      description = "The kind of model, such as fc-wta. With --resume or --from, the run's own.")
  String model;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "The run's folder, for its configuration, checkpoints and metrics.")
  Path out;

  @Option(
      names = "--preset",
      paramLabel = "NAME",
      description = "A named set of settings to start from, such as an architecture of a paper.")
  String preset;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "A YAML file of settings, one 'key: value' per line.")
  Path config;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "A setting, such as epochs=20. May be repeated.")
  List<String> assignments = List.of();

  @Option(names = "--seed", paramLabel = "N", description = "The random seed (default: 1).")
  Long seed;

  @Option(
      names = "--from",
      paramLabel = "RUN",
      description =
          "Fine-tune: start from the parameters, pre-processing and settings of this run. Warm-ups"
              + " are not repeated.")
  Path from;

  @Option(names = "--resume", description = "Continue the run in --out from its last checkpoint.")
  boolean resume;

  @Option(
      names = "--sweep",
      paramLabel = "KEY=A,B,...",
      description =
          "Train one model for each of these values, all on the same batches, each in its own"
              + " folder below --out. Repeat the option to train all combinations.")
  List<String> sweep = List.of();

  @Option(
      names = "--dry-run",
      description = "Estimate memory, steps and time from the first steps, and write nothing.")
  boolean dryRun;

  @Option(
      names = "--keys",
      description =
          "List the settings and presets of --model, or without --model the kinds of model, and"
              + " exit.")
  boolean keys;

  @Option(names = "--json", description = "Print one JSON document.")
  boolean json;

  @Mixin TrainingFiles files;

  @Mixin ComputeOptions compute;

  @Inject Provider<Console> screen;

  @Spec CommandSpec spec;

  @Override
  public Integer call() {
    if (keys) {
      if (model == null) {
        SettingKeys.printModels(ModelFamilies.all());
      } else {
        SettingKeys.print(ModelFamilies.named(model));
      }
      return ExitCode.OK;
    }
    if (dryRun) {
      RequiredOptions.refuse(spec.commandLine(), "--data");
    } else {
      RequiredOptions.refuse(spec.commandLine(), "--data", "--out");
    }
    if (files.lacksValidation()) {
      throw new ParameterException(spec.commandLine(), "--validation-target needs --validation");
    }
    if (resume && dryRun) {
      throw new ParameterException(
          spec.commandLine(),
          "--dry-run estimates a new training, and cannot be combined with --resume");
    }
    if (resume && from != null) {
      throw new ParameterException(
          spec.commandLine(),
          "--resume continues the run in --out, and cannot be combined with --from");
    }
    if (resume && !sweep.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(),
          "--resume continues the sweep in --out, and cannot be combined with --sweep");
    }
    if (resume && SweepRuns.in(out)) {
      return sweep(ModelFamilies.named(SweepRuns.familyIn(out)), null);
    }
    RunConfig earlier =
        resume || from != null ? RunDirectory.open(resume ? out : from).config() : null;
    if (resume && earlier.streamed()) {
      throw RunWriter.streamGone(out);
    }
    if (earlier == null) {
      RequiredOptions.refuse(spec.commandLine(), "--model");
    }
    if (from != null && model != null && !model.equals(earlier.family())) {
      throw new WtaException(
          "%s holds a %s, and --model is %s".formatted(from, earlier.family(), model),
          "leave out --model: the run knows its own");
    }
    ModelFamily family = ModelFamilies.named(model == null ? earlier.family() : model);
    if (!sweep.isEmpty()) {
      return sweep(family, earlier);
    }
    try (Dataset targets = files.openTarget(family)) {
      return train(
          family, settings(family, settingsOf(earlier), outputs(targets), Map.of()), targets);
    }
  }

  private static Map<String, ?> outputs(Dataset targets) {
    return targets == null ? Map.of() : TranscoderSettings.outputs(targets.sampleShape());
  }

  private static List<Map<String, Object>> settingsOf(RunConfig earlier) {
    return earlier == null ? List.of() : List.of(earlier.model(), earlier.training());
  }

  /** Trains, or estimates, the models of a sweep. */
  private int sweep(ModelFamily family, RunConfig earlier) {
    try (Dataset targets = files.openTarget(family);
        Dataset samples = files.open();
        Dataset held = files.openValidation();
        Dataset heldTargets = files.openValidationTarget()) {
      SweepRuns runs =
          resume
              ? SweepRuns.resume(
                  family, out, before -> settings(family, before, outputs(targets), Map.of()))
              : SweepRuns.begin(
                  family,
                  SweepGrid.parse(sweep),
                  swept -> settings(family, settingsOf(earlier), outputs(targets), swept));
      SweepRuns.Given given =
          new SweepRuns.Given(
              samples,
              Optional.ofNullable(targets),
              Optional.ofNullable(held),
              Optional.ofNullable(heldTargets),
              files.data(),
              files.target());
      try (Backend backend = compute.open()) {
        return dryRun
            ? runs.estimate(given, List.of(backend), this::begin, out, json, screen.get())
            : runs.train(given, List.of(backend), this::begin, out, json, screen.get());
      }
    }
  }

  /** Gives a trainer the run that its model starts from, if there is one. */
  private void begin(Trainer trainer) {
    if (from != null) {
      trainer.from(RunDirectory.open(from));
    }
  }

  /** Whether samples are read once as they arrive, and need not be kept. */
  private boolean streams(ModelFamily family, TrainingSettings training) {
    boolean once = training.epochs() == 1 && training.patch().isEmpty() && training.heldOut() == 0;
    return files.standardInput()
        && once
        && !resume
        && files.target() == null
        && !(dryRun && training.steps() == 0)
        && !family.classifies()
        && !family.trainsByLayer();
  }

  /**
   * Trains.
   *
   * @param targets a transcoder's targets; null for other models
   */
  private int train(ModelFamily family, RunSettings settings, Dataset targets) {
    TrainingSettings training = settings.training();
    if (streams(family, training)) {
      try (PeekedStream samples = files.stream()) {
        Shape shape = samples.sampleShape();
        return train(family, settings, shape, trainer -> trainer.stream(samples), samples.name());
      }
    }
    try (Dataset samples = files.open()) {
      return train(
          family,
          settings,
          training.sampleShape(samples),
          trainer -> {
            trainer.data(samples);
            Optional.ofNullable(targets).ifPresent(trainer::target);
          },
          samples.name());
    }
  }

  private int train(
      ModelFamily family,
      RunSettings settings,
      Shape sample,
      Consumer<Trainer> given,
      String samples) {
    Seed first = Seed.of(settings.training().seed());
    try (Backend backend = compute.open();
        FeatureExtractor trained = family.create(settings.model(), sample, backend, first)) {
      Trainer trainer = Trainer.of(trained);
      begin(trainer);
      given.accept(trainer);
      trainer.settings(settings.training()).resume(resume);
      return train(trainer, trained, samples, streams(family, settings.training()));
    }
  }

  /** Trains, or estimates, with the validation data that were given. */
  private int train(Trainer trainer, FeatureExtractor trained, String samples, boolean streamed) {
    try (Dataset held = files.openValidation();
        Dataset heldTargets = files.openValidationTarget()) {
      if (held != null && heldTargets != null) {
        trainer.validation(held, heldTargets);
      } else if (held != null) {
        trainer.validation(held);
      }
      if (dryRun) {
        estimate(trainer, trained, samples);
        return ExitCode.OK;
      }
      TrainingResult run =
          WatchedTraining.run(
              trainer, samples, streamed ? null : files.sources(), out, screen.get());
      if (run.status() == TrainingResult.Status.STOPPED) {
        return ExitCode.INTERRUPTED;
      }
      if (json) {
        JsonOutput.print(TrainingSummary.toJson(run, files.data(), files.target(), out));
      } else {
        TrainingSummary.print(
            run, files.standardInput() ? Path.of("TRAIN.arrow") : files.data(), out);
      }
    }
    return ExitCode.OK;
  }

  private void estimate(Trainer trainer, FeatureExtractor model, String samples) {
    if (out != null) {
      trainer.to(out);
    }
    TrainingEstimate estimate;
    try (StageDisplay display = new StageDisplay(screen.get())) {
      estimate = trainer.listen(display.ofPreparations()).estimate();
    }
    if (json) {
      JsonOutput.print(EstimateSummary.toJson(estimate, model));
    } else {
      EstimateSummary.print(estimate, model, samples);
    }
  }

  /**
   * The settings of the model and of its training.
   *
   * @param earlier the settings, of model and training, of the run that is resumed or fine-tuned;
   *     empty without one
   * @param ofTargets the settings that follow from a transcoder's targets
   * @param swept the values of one model of a sweep
   */
  private RunSettings settings(
      ModelFamily family,
      List<Map<String, Object>> earlier,
      Map<String, ?> ofTargets,
      Map<String, String> swept) {
    Configuration<RunSettings> configuration =
        new Configuration<>(
            RunSettings.spec(family), "wta train --model %s --keys".formatted(family.name()));
    earlier.forEach(configuration::startFrom);
    configuration.startFrom(ofTargets);
    if (preset != null) {
      configuration.startFrom(Preset.named(preset, family).settings());
    }
    if (config != null) {
      configuration.add(Configuration.readYaml(config));
    }
    configuration.add(assignments.stream().map(Configuration::readAssignment).toList());
    if (seed != null) {
      configuration.add(
          List.of(new ConfiguredValue(TrainingSettings.SEED, Long.toString(seed), "in --seed")));
    }
    List<ConfiguredValue> ofSweep = new ArrayList<>();
    swept.forEach((key, value) -> ofSweep.add(new ConfiguredValue(key, value, "in --sweep")));
    return configuration.add(ofSweep).settings();
  }
}
