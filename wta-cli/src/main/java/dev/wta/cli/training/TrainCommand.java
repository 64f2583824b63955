package dev.wta.cli.training;

import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.cli.option.ComputeOptions;
import dev.wta.cli.option.RequiredOptions;
import dev.wta.cli.option.TrainingFiles;
import dev.wta.cli.output.ExitCode;
import dev.wta.cli.output.SettingKeys;
import dev.wta.cli.sweep.SweepGrid;
import dev.wta.cli.sweep.SweepRuns;
import dev.wta.cli.terminal.Console;
import dev.wta.data.Dataset;
import dev.wta.models.ModelFamilies;
import dev.wta.models.ModelFamily;
import dev.wta.models.run.RunConfig;
import dev.wta.models.sae.TranscoderSettings;
import dev.wta.models.training.RunSettings;
import jakarta.inject.Inject;
import jakarta.inject.Provider;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
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
      "  wta train --from runs/third --data more.arrow --out runs/fourth \\",
      "            --set epochs=5",
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
      names = "--sweep",
      paramLabel = "KEY=A,B,...",
      description =
          "Train one model for each of these values, all on the same batches, each in its own"
              + " folder below --out. Repeat the option to train all combinations.")
  List<String> sweep = List.of();

  @Option(
      names = "--keys",
      description =
          "List the settings and presets of --model, or without --model the kinds of model, and"
              + " exit.")
  boolean keys;

  @Mixin RunOptions run;

  @Mixin SettingsOptions settings;

  @Mixin TrainingFiles files;

  @Mixin ComputeOptions compute;

  @Inject Provider<Console> screen;

  @Spec CommandSpec spec;

  @Override
  public Integer call() {
    if (keys) {
      printKeys();
      return ExitCode.OK;
    }
    checkOptions();
    if (run.resume && SweepRuns.in(run.out)) {
      return sweep(ModelFamilies.named(SweepRuns.familyIn(run.out)), List.of());
    }
    Optional<RunConfig> earlier = run.earlier();
    ModelFamily family = family(earlier);
    List<Map<String, ?>> start =
        earlier
            .map(config -> List.<Map<String, ?>>of(config.model(), config.training()))
            .orElse(List.of());
    return sweep.isEmpty() ? train(family, start) : sweep(family, start);
  }

  private void printKeys() {
    if (model == null) {
      SettingKeys.printModels(ModelFamilies.all());
    } else {
      SettingKeys.print(ModelFamilies.named(model));
    }
  }

  private void checkOptions() {
    if (run.dryRun) {
      RequiredOptions.refuse(spec.commandLine(), "--data");
    } else {
      RequiredOptions.refuse(spec.commandLine(), "--data", "--out");
    }
    if (files.lacksValidation()) {
      throw new ParameterException(spec.commandLine(), "--validation-target needs --validation");
    }
    run.check(spec.commandLine(), !sweep.isEmpty());
  }

  private ModelFamily family(Optional<RunConfig> earlier) {
    if (earlier.isEmpty()) {
      RequiredOptions.refuse(spec.commandLine(), "--model");
      return ModelFamilies.named(model);
    }
    String own = earlier.get().family();
    if (run.from != null && model != null && !model.equals(own)) {
      throw new WtaException(
          "%s holds a %s, and --model is %s".formatted(run.from, own, model),
          "leave out --model: the run knows its own");
    }
    return ModelFamilies.named(model == null ? own : model);
  }

  /**
   * Trains, or estimates, one model.
   *
   * @param start the settings of the run that is resumed or fine-tuned; empty for a new one
   */
  private int train(ModelFamily family, List<Map<String, ?>> start) {
    try (Dataset targets = files.openTarget(family)) {
      RunSettings chosen = settings(family, start, targets, Map.of());
      return new SingleTraining(family, chosen, files, run, compute, screen.get()).call(targets);
    }
  }

  /** Trains, or estimates, the models of a sweep. */
  private int sweep(ModelFamily family, List<Map<String, ?>> start) {
    try (Dataset targets = files.openTarget(family);
        Dataset samples = files.open();
        Dataset validation = files.openValidation();
        Dataset validationTargets = files.openValidationTarget()) {
      SweepRuns runs =
          run.resume
              ? SweepRuns.resume(family, run.out, own -> settings(family, own, targets, Map.of()))
              : SweepRuns.begin(
                  family, SweepGrid.parse(sweep), swept -> settings(family, start, targets, swept));
      SweepRuns.Given given =
          new SweepRuns.Given(
              samples,
              Optional.ofNullable(targets),
              Optional.ofNullable(validation),
              Optional.ofNullable(validationTargets),
              files.data(),
              files.target(),
              files.sources());
      try (Backend backend = compute.open()) {
        List<Backend> backends = List.of(backend);
        return run.dryRun
            ? runs.estimate(given, backends, run::fineTune, run.out, run.json, screen.get())
            : runs.train(given, backends, run::fineTune, run.out, run.json, screen.get());
      }
    }
  }

  /** The settings of a model: those it starts from, what its targets require, and the options. */
  private RunSettings settings(
      ModelFamily family,
      List<? extends Map<String, ?>> start,
      Dataset targets,
      Map<String, String> swept) {
    List<Map<String, ?>> earlier = new ArrayList<>(start);
    if (targets != null) {
      earlier.add(TranscoderSettings.outputs(targets.sampleShape()));
    }
    return settings.override(family, earlier, swept);
  }
}
