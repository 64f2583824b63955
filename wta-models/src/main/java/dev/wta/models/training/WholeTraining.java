package dev.wta.models.training;

import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
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
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * The training of a model as a whole: splits the data, fits pre-processing, opens the run, and has
 * the loop train. Models that are trained together share what the first one makes of the data.
 */
final class WholeTraining implements AutoCloseable {
  private final Model model;
  private final TrainingRequest given;
  private Reading reading;
  private Optional<RunWriter> run = Optional.empty();
  private Optional<PreparedSamples> prepared = Optional.empty(); // of the first model alone
  private ModelTraining training;

  /**
   * What is made of the data before the first step.
   *
   * @param digest of the data; empty where no run is kept
   * @param target a transcoder's targets
   * @param describedTarget the same as {@code config.json} has it; empty where no run is kept
   */
  private record Reading(
      String digest,
      Preprocessing fitted,
      Optional<Target> target,
      Map<String, Object> describedTarget) {}

  WholeTraining(Model model, TrainingRequest given) {
    this.model = model;
    this.given = given;
  }

  /**
   * Trains models on one reading of their data, and closes all of this.
   *
   * @param together at least one; of the same data, with settings that agree in what is read
   * @return how each ended, in their order
   * @throws WtaException if one cannot begin, the only one fails, or samples cannot be read
   */
  static List<Sweep.Outcome> train(List<WholeTraining> together, BooleanSupplier mustStop) {
    WholeTraining first = together.getFirst();
    try {
      together.forEach(each -> each.open(first));
      List<ModelTraining> trainings = together.stream().map(each -> each.training).toList();
      try (TrainingLoop loop = new TrainingLoop(trainings, mustStop)) {
        loop.run();
      }
      List<Sweep.Outcome> outcomes = trainings.stream().map(WholeTraining::outcome).toList();
      if (outcomes.stream().allMatch(Sweep.Outcome::finished)) {
        first.prepared.orElseThrow().remove();
      }
      return outcomes;
    } finally {
      together.reversed().forEach(WholeTraining::close);
    }
  }

  private static Sweep.Outcome outcome(ModelTraining training) {
    return training.failure().isPresent()
        ? new Sweep.Outcome(Optional.empty(), training.failure())
        : new Sweep.Outcome(Optional.of(training.finish()), Optional.empty());
  }

  private void open(WholeTraining first) {
    Dataset all = given.data();
    TrainingSettings settings = given.settings();
    SettingsSpec<TrainingSettings> spec = TrainingSettings.ofFamily(model.family());
    Backend backend = model.backend().withPrecision(settings.precision());
    given.requireOfStream();
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
    int copies = (settings.average() > 0 ? 1 : 0) + (split.validation().isPresent() ? 1 : 0);
    OptimizerState.requireMemory(
        chosenOptimizer, copies, model.backend().memory(), model.parameters());
    Schedule chosenSchedule = given.schedule().orElse(settings.schedule());
    Map<String, Object> kept = new LinkedHashMap<>(spec.toMap(settings));
    kept.putAll(chosenOptimizer.describe());
    kept.put("schedule", chosenSchedule.name());
    if (given.preprocessing().isPresent()) { // the setting is not what happens then
      kept.remove("preprocess");
    }
    if (!given.resume()) {
      given.directory().ifPresent(RunWriter::requireNoRun); // before the work of fitting
    }
    Optional<FineTuning> begun =
        given.from().map(earlier -> FineTuning.begin(model, earlier, kept));
    Optional<Origin> from =
        begun.map(FineTuning::origin).or(() -> resumed().flatMap(before -> before.config().from()));
    reading = first == this ? read(samples, targets) : sharing(first.reading);
    run = openRun(backend, kept, from);
    if (first == this) {
      prepared = Optional.of(prepare(samples));
    }
    if (model.preprocessing().isEmpty()) { // never trained; a checkpoint overwrites what follows
      begin(samples.ofEpoch(0), reading.fitted(), reading.target());
    }
    model.preprocessWith(reading.fitted());
    reading.target().map(Target::fitted).ifPresent(model::preprocessTargetsWith);
    PreparedSamples steps = first.prepared.orElseThrow();
    TrainingPlan plan =
        new TrainingPlan(
            model,
            steps.samples(),
            split,
            reading.target(),
            targets.flatMap(ValidationSplit::validation),
            steps.preprocessing(),
            settings,
            kept,
            chosenOptimizer,
            chosenSchedule,
            given.directory(),
            from,
            given.stream());
    training = new ModelTraining(plan, run, given.listeners());
    begun.ifPresent(tuning -> training.beginFrom(tuning.run()));
  }

  private Reading read(TrainingSamples samples, Optional<ValidationSplit> targets) {
    Preprocessing fitted =
        knownPreprocessing()
            .orElseGet(
                () ->
                    Preprocessing.fit(
                        given.settings().preprocess(),
                        samples.forFitting(),
                        this::reportPreparing));
    Optional<Target> target =
        targets.map(each -> new Target(each.train(), fittedToTargets(each.train())));
    return given.directory().isEmpty()
        ? new Reading("", fitted, target, Map.of())
        : new Reading(
            given.stream().isPresent() ? RunConfig.STREAM_DIGEST : given.data().digest(),
            fitted,
            target,
            target.map(Target::fitted).map(this::describeTarget).orElse(Map.of()));
  }

  /** What another model made of the same data, if it suits this one. */
  private Reading sharing(Reading others) {
    knownPreprocessing()
        .filter(known -> !same(known, others.fitted()))
        .ifPresent(
            _ -> {
              throw new WtaException(
                  "%s has other pre-processing than the models that it is to be trained with"
                      .formatted(given.directory().map(Path::toString).orElse(model.family())),
                  "train it alone, or together with models of the same pre-processing");
            });
    return others;
  }

  private static boolean same(Preprocessing one, Preprocessing other) {
    return one.describe().equals(other.describe())
        && one.tensors().keySet().equals(other.tensors().keySet())
        && one.tensors().entrySet().stream()
            .allMatch(
                entry -> Arrays.equals(entry.getValue(), other.tensors().get(entry.getKey())));
  }

  /** The run that is resumed; empty for a new one. */
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
  private PreparedSamples prepare(TrainingSamples samples) {
    boolean pays =
        given.directory().isPresent()
            && given.settings().keepPreprocessed()
            && reading.fitted().costly()
            && !samples.renewed()
            && given.settings().epochs() > 1;
    return pays
        ? PreparedSamples.kept(
            samples,
            reading.digest(),
            reading.fitted(),
            given.directory().get(),
            this::reportPreparing)
        : PreparedSamples.eachTime(samples, reading.fitted());
  }

  private void reportPreparing(String stage, long done, long total) {
    given.listeners().forEach(listener -> listener.preparing(stage, done, total));
  }

  /** The pre-processing that is not to be fitted: it was given, or the model learnt with it. */
  private Optional<Preprocessing> knownPreprocessing() {
    return given
        .preprocessing()
        .or(() -> resumed().map(RunDirectory::preprocessing))
        .or(model::preprocessing);
  }

  private Preprocessing fittedToTargets(Dataset targets) {
    return resumed()
        .flatMap(RunDirectory::targetPreprocessing)
        .or(model::targetPreprocessing)
        .orElseGet(
            () ->
                Preprocessing.fit(
                    given.settings().targetPreprocess(), targets, this::reportPreparing));
  }

  /** Creates or resumes the run, if it is written to a directory. */
  private Optional<RunWriter> openRun(
      Backend backend, Map<String, Object> kept, Optional<Origin> from) {
    if (given.directory().isEmpty()) {
      return Optional.empty();
    }
    RunConfig described =
        RunConfig.of(
                model,
                backend,
                given.data(),
                reading.digest(),
                kept,
                reading.fitted(),
                reading.describedTarget(),
                from)
            .validatedBy(given.validation(), given.validationTarget());
    RunConfig config = given.stream().isPresent() ? described.ofStream() : described;
    Path path = given.directory().get();
    return Optional.of(
        given.resume()
            ? RunWriter.resume(path, config)
            : RunWriter.create(
                path, config, reading.fitted(), reading.target().map(Target::fitted)));
  }

  private Map<String, Object> describeTarget(Preprocessing ofTargets) {
    Dataset all = given.target().orElseThrow();
    return RunConfig.describe(new Target(all, ofTargets), all.digest());
  }

  @Override
  public void close() {
    if (training != null) {
      training.close();
    }
    prepared.ifPresent(PreparedSamples::close);
    run.ifPresent(RunWriter::close);
  }
}
