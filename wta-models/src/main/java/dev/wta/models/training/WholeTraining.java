package dev.wta.models.training;

import dev.wta.api.WtaException;
import dev.wta.data.Dataset;
import dev.wta.data.preprocessing.Preprocessing;
import dev.wta.models.Model;
import dev.wta.models.Target;
import dev.wta.models.optimizer.Optimizer;
import dev.wta.models.optimizer.OptimizerState;
import dev.wta.models.optimizer.Schedule;
import dev.wta.models.run.FineTuning;
import dev.wta.models.run.Origin;
import dev.wta.models.run.RunConfig;
import dev.wta.models.run.RunDirectory;
import dev.wta.models.run.RunWriter;
import dev.wta.models.settings.SettingsSpec;
import dev.wta.models.training.samples.PreparedSamples;
import dev.wta.models.training.samples.TrainingSamples;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The training of a model as a whole: splits the data, fits pre-processing, opens the run, and then
 * runs the loop.
 */
final class WholeTraining {
  private final Model model;
  private final TrainingRequest given;

  WholeTraining(Model model, TrainingRequest given) {
    this.model = model;
    this.given = given;
  }

  TrainingResult train() {
    Dataset all = given.data();
    TrainingSettings settings = given.settings();
    SettingsSpec<TrainingSettings> spec = TrainingSettings.ofFamily(model.family());
    requireTarget(all);
    requireValidationTarget();
    ValidationSplit split = ValidationSplit.of(model, all, given.validation(), settings);
    // Of the same rows: which ones are held out depends on their number.
    Optional<ValidationSplit> targets =
        given
            .target()
            .map(each -> ValidationSplit.of(model, each, given.validationTarget(), settings));
    TrainingSamples samples = settings.samplesOf(split.train());
    model.requireShape(samples.ofEpoch(0));
    split.validation().ifPresent(model::requireShape);
    Optimizer chosenOptimizer =
        given
            .optimizer()
            .map(chosen -> chosen.completedBy(spec.toMap(settings)))
            .orElseGet(settings::chosenOptimizer);
    OptimizerState.requireMemory(chosenOptimizer, model.backend().memory(), model.parameters());
    Schedule chosenSchedule = given.schedule().orElse(settings.schedule());
    Map<String, Object> training = new LinkedHashMap<>(spec.toMap(settings));
    training.putAll(chosenOptimizer.describe());
    training.put("schedule", chosenSchedule.name());
    if (given.preprocessing().isPresent()) { // the setting is not what happens then
      training.remove("preprocess");
    }
    if (!given.resume()) {
      given.directory().ifPresent(RunWriter::requireNoRun); // before the work of fitting
    }
    Optional<FineTuning> begun = given.begins().map(run -> FineTuning.begin(model, run, training));
    Optional<Origin> from =
        begun.map(FineTuning::origin).or(() -> resumed().flatMap(run -> run.config().from()));
    Preprocessing fitted = fittedPreprocessing(samples);
    Optional<Target> fittedTarget =
        targets.map(each -> new Target(each.train(), fittedToTargets(each.train())));
    String digest = given.directory().isPresent() ? all.digest() : "";
    try (OpenRunOrNone run = open(all, digest, training, fitted, fittedTarget, from);
        PreparedSamples prepared = prepare(samples, digest, fitted)) {
      if (model.preprocessing().isEmpty()) { // never trained; a checkpoint overwrites what follows
        begin(samples.ofEpoch(0), fitted, fittedTarget);
      }
      model.preprocessWith(fitted);
      fittedTarget.map(Target::fitted).ifPresent(model::preprocessTargetsWith);
      TrainingPlan plan =
          new TrainingPlan(
              model,
              prepared.samples(),
              split,
              fittedTarget,
              targets.flatMap(ValidationSplit::validation),
              prepared.preprocessing(),
              settings,
              training,
              chosenOptimizer,
              chosenSchedule,
              given.directory(),
              from);
      try (TrainingLoop loop =
          new TrainingLoop(plan, run.run(), given.listeners(), given.mustStop())) {
        begun.ifPresent(tuning -> loop.beginFrom(tuning.run()));
        TrainingResult trained = loop.run();
        if (trained.status() == TrainingResult.Status.FINISHED) {
          prepared.remove();
        }
        return trained;
      }
    }
  }

  /** The run that training goes on with; empty where it begins one. */
  private Optional<RunDirectory> resumed() {
    return given
        .directory()
        .filter(path -> given.resume() && RunDirectory.holdsRun(path))
        .map(RunDirectory::open);
  }

  private void requireTarget(Dataset all) {
    if (given.target().isPresent()) {
      model.requireTarget(all, given.target().get());
      if (given.settings().patch().isPresent()) {
        throw new WtaException(
            "'patch' is %s, and a patch of a sample has no target"
                .formatted(given.settings().patch().get()),
            "leave out 'patch'");
      }
    } else if (model.target().isPresent()) {
      throw new WtaException(
          "%s reconstructs a target, and none was given".formatted(model.family()),
          "give the targets of the samples with --target FILE (Trainer.target in a program)");
    }
  }

  private void requireValidationTarget() {
    if (given.validation().isPresent()) {
      boolean wanted = given.target().isPresent();
      if (wanted != given.validationTarget().isPresent()) {
        throw wanted
            ? new WtaException(
                "%s is judged by targets, and the validation data have none"
                    .formatted(model.family()),
                "give them with --validation-target FILE (Trainer.validation in a program)")
            : new WtaException(
                "%s reconstructs its samples, and has no validation target"
                    .formatted(model.family()),
                "leave it out");
      }
      given
          .validationTarget()
          .ifPresent(each -> model.requireTarget(given.validation().get(), each));
    } else if (given.validationTarget().isPresent()) {
      throw new WtaException(
          "there are targets of validation samples, and no samples",
          "give them with --validation FILE, or leave the targets out");
    }
  }

  private void begin(Dataset samples, Preprocessing fitted, Optional<Target> target) {
    if (target.isPresent()) {
      model.beginTowards(samples, fitted, target.get());
    } else {
      model.begin(samples, fitted);
    }
  }

  /** Whole samples that pass several times are transformed once, if that is much work. */
  private PreparedSamples prepare(TrainingSamples samples, String digest, Preprocessing fitted) {
    boolean pays =
        given.directory().isPresent()
            && given.settings().keepPreprocessed()
            && fitted.costly()
            && !samples.renewed()
            && given.settings().epochs() > 1;
    return pays
        ? PreparedSamples.kept(
            samples, digest, fitted, given.directory().get(), this::tellPreparing)
        : PreparedSamples.eachTime(samples, fitted);
  }

  private void tellPreparing(String stage, long done, long total) {
    given.listeners().forEach(listener -> listener.preparing(stage, done, total));
  }

  private Preprocessing fittedPreprocessing(TrainingSamples samples) {
    return given
        .preprocessing()
        .or(() -> resumed().map(RunDirectory::preprocessing))
        .or(model::preprocessing)
        .orElseGet(
            () ->
                Preprocessing.fit(
                    given.settings().preprocess(), samples.forFitting(), this::tellPreparing));
  }

  private Preprocessing fittedToTargets(Dataset targets) {
    return resumed()
        .flatMap(RunDirectory::targetPreprocessing)
        .or(model::targetPreprocessing)
        .orElseGet(
            () ->
                Preprocessing.fit(
                    given.settings().targetPreprocess(), targets, this::tellPreparing));
  }

  private OpenRunOrNone open(
      Dataset all,
      String digest,
      Map<String, Object> training,
      Preprocessing fitted,
      Optional<Target> fittedTarget,
      Optional<Origin> from) {
    if (given.directory().isEmpty()) {
      return new OpenRunOrNone(Optional.empty());
    }
    Optional<Preprocessing> ofTargets = fittedTarget.map(Target::fitted);
    RunConfig config =
        RunConfig.of(
                model,
                all,
                digest,
                training,
                fitted,
                ofTargets.map(this::describeTarget).orElse(Map.of()),
                from)
            .validatedBy(given.validation(), given.validationTarget());
    Path path = given.directory().get();
    return new OpenRunOrNone(
        Optional.of(
            given.resume()
                ? RunWriter.resume(path, config)
                : RunWriter.create(path, config, fitted, ofTargets)));
  }

  private Map<String, Object> describeTarget(Preprocessing ofTargets) {
    Dataset all = given.target().orElseThrow();
    Map<String, Object> map = RunConfig.describe(all, all.digest());
    map.put("preprocessing", ofTargets.describe());
    return map;
  }

  /** Closes the run, if the training is kept. */
  private record OpenRunOrNone(Optional<RunWriter> run) implements AutoCloseable {
    @Override
    public void close() {
      run.ifPresent(RunWriter::close);
    }
  }
}
