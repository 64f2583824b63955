package dev.wta.models.training;

import dev.wta.api.WtaException;
import dev.wta.api.random.Seed;
import dev.wta.data.Dataset;
import dev.wta.data.PatchSize;
import dev.wta.data.preprocessing.Preprocessing;
import dev.wta.models.FeatureExtractor;
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
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Trains a model. What is not said takes the default of {@link TrainingSettings} for the model's
 * family.
 *
 * <pre>{@code
 * TrainingRun run = Trainer.of(model).data(images).batch(100).optimizer(Adam.rate(1e-3)).epochs(50).train();
 * }</pre>
 *
 * <p>With {@link #to} the run is kept in a directory, see {@link RunDirectory}, and can be resumed:
 * it then ends with the same parameters, bit for bit, as one that was never stopped.
 */
public final class Trainer {
  private final FeatureExtractor encoder;
  private final List<TrainingListener> listeners = new ArrayList<>();
  private final SettingsSpec<TrainingSettings> spec;
  private TrainingSettings settings;
  private Optional<Optimizer> optimizer = Optional.empty();
  private Optional<Schedule> schedule = Optional.empty();
  private Optional<Dataset> data = Optional.empty();
  private Optional<Dataset> target = Optional.empty();
  private Optional<Preprocessing> preprocessing = Optional.empty();
  private Optional<Path> directory = Optional.empty();
  private Optional<RunDirectory> begins = Optional.empty();
  private boolean resume;
  private volatile boolean stopRequested;
  private BooleanSupplier stopsToo = () -> false;

  private Trainer(FeatureExtractor encoder) {
    this.encoder = encoder;
    this.spec = TrainingSettings.ofFamily(encoder.family());
    this.settings = spec.defaults();
  }

  /**
   * A trainer of a {@link Model}, or of several a layer at a time; it stays the caller's to close.
   */
  public static Trainer of(FeatureExtractor encoder) {
    return new Trainer(encoder);
  }

  /** What to train on; it stays the caller's to close. */
  public Trainer data(Dataset data) {
    this.data = Optional.of(data);
    return this;
  }

  /**
   * What a transcoder is to make of the data: for each sample the row of the same number; it stays
   * the caller's to close.
   */
  public Trainer target(Dataset targets) {
    this.target = Optional.of(targets);
    return this;
  }

  /** All training settings at once, as a configuration has them. */
  public Trainer settings(TrainingSettings settings) {
    this.settings = settings;
    return this;
  }

  /** Samples of a mini-batch. */
  public Trainer batch(int samples) {
    return set("batch", samples);
  }

  public Trainer epochs(int epochs) {
    return set("epochs", epochs);
  }

  /** The source of shuffling and sampling. */
  public Trainer seed(Seed seed) {
    return set("seed", seed.value());
  }

  /** How many samples each sample is chosen among. */
  public Trainer shuffleBuffer(int samples) {
    return set("shuffle-buffer", samples);
  }

  /**
   * Trains on random patches of the data's pictures, one of each in every epoch; the model is one
   * of patches then.
   */
  public Trainer patches(PatchSize size) {
    return set("patch", Optional.of(size));
  }

  /** The length that all gradients of a step together are shortened to; 0 for no limit. */
  public Trainer clip(double length) {
    return set("clip", length);
  }

  /** Steps over which the learning rate first rises; then the schedule begins. */
  public Trainer warmup(int steps) {
    return set("warmup", steps);
  }

  /**
   * Holds one sample in so many out, and keeps the parameters of the epoch that does best on them;
   * 0 for none.
   */
  public Trainer heldOut(int oneIn) {
    return set("held-out", oneIn);
  }

  /** Ends early after so many epochs that were no better on the samples held out. */
  public Trainer patience(int epochs) {
    return set("patience", epochs);
  }

  /** Steps between checkpoints; there is one at the end in any case. */
  public Trainer checkpointEvery(int steps) {
    return set("checkpoint-every", steps);
  }

  /** Steps between measurements. */
  public Trainer logEvery(int steps) {
    return set("log-every", steps);
  }

  /** What turns gradients into steps. What it leaves open, the model's family says. */
  public Trainer optimizer(Optimizer optimizer) {
    this.optimizer = Optional.of(optimizer);
    return this;
  }

  public Trainer schedule(Schedule schedule) {
    this.schedule = Optional.of(schedule);
    return this;
  }

  /**
   * What samples go through first. Without it, what the model was trained with before, or else the
   * setting {@code preprocess} fitted to the data.
   */
  public Trainer preprocessing(Preprocessing fitted) {
    this.preprocessing = Optional.of(fitted);
    return this;
  }

  /**
   * Begins with the parameters of a run, instead of the model's own: fine-tuning. The model has the
   * run's settings ({@link RunDirectory#loadModel}), but for those that shape no parameters, and
   * gets its parameters, state and pre-processing, which is not fitted again. The training settings
   * become the run's; what is set afterwards differs. The steps of the run count in warm-ups, which
   * are not repeated, and the optimiser goes on with its state; the schedule and the steps of this
   * training begin at 0.
   *
   * <pre>{@code
   * RunDirectory earlier = RunDirectory.open(Path.of("runs/first"));
   * try (Model model = earlier.loadModel(backend)) {
   *   Trainer.of(model).from(earlier).data(more).epochs(2).to(Path.of("runs/second")).train();
   * }
   * }</pre>
   */
  public Trainer from(RunDirectory run) {
    begins = Optional.of(run);
    return settings(TrainingSettings.ofRun(run.config()));
  }

  /** Keeps the run in {@code directory}. */
  public Trainer to(Path directory) {
    this.directory = Optional.of(directory);
    return this;
  }

  /** Goes on with the run in the directory instead of beginning one. */
  public Trainer resume() {
    this.resume = true;
    return this;
  }

  /** As {@link #resume()}, if {@code resume}. */
  public Trainer resume(boolean resume) {
    this.resume = resume;
    return this;
  }

  /** As {@link #requestStop} once {@code wanted} answers true. */
  Trainer stopWhen(BooleanSupplier wanted) {
    this.stopsToo = wanted;
    return this;
  }

  private boolean mustStop() {
    return stopRequested || stopsToo.getAsBoolean();
  }

  public Trainer listen(TrainingListener listener) {
    listeners.add(listener);
    return this;
  }

  private Trainer set(String key, Object value) {
    settings = spec.with(settings, key, value);
    return this;
  }

  /**
   * Asks training to finish its step, save and return. From any thread, also before {@link #train}.
   */
  public void requestStop() {
    stopRequested = true;
  }

  /**
   * Trains until all epochs are done or {@link #requestStop} is called.
   *
   * @throws WtaException if the data does not fit the model, the run's directory cannot be used,
   *     the parameters to begin with are not the model's, or the loss is no longer a number
   * @throws IllegalStateException if there is no data to train on, no directory to resume from, or
   *     a run that is resumed is to begin with the parameters of another one, or with other
   *     pre-processing than theirs
   */
  public TrainingResult train() {
    Dataset all =
        data.orElseThrow(
            () -> new IllegalStateException("nothing to train on: call data(...) first"));
    if (directory.isEmpty() && resume) {
      throw new IllegalStateException("nothing to resume: call to(directory) first");
    }
    if (begins.isPresent() && (resume || preprocessing.isPresent())) {
      throw new IllegalStateException(
          "a run that is resumed has its parameters, and parameters of a run have their"
              + " pre-processing");
    }
    return encoder instanceof Model whole ? train(whole, all) : trainLayers(all);
  }

  private TrainingResult train(Model model, Dataset all) {
    requireTarget(model, all);
    ValidationSplit split = ValidationSplit.of(model, all, settings);
    // Of the same rows: which ones are held out depends on their number.
    Optional<ValidationSplit> targets =
        target.map(given -> ValidationSplit.of(model, given, settings));
    TrainingSamples samples = TrainingSamples.of(split.train(), settings);
    model.requireShape(samples.ofEpoch(0));
    Optimizer chosenOptimizer =
        optimizer
            .map(given -> given.completedBy(spec.toMap(settings)))
            .orElseGet(() -> settings.chosenOptimizer());
    OptimizerState.requireMemory(chosenOptimizer, model.backend().memory(), model.parameters());
    Schedule chosenSchedule = schedule.orElse(settings.schedule());
    Map<String, Object> training = new LinkedHashMap<>(spec.toMap(settings));
    training.putAll(chosenOptimizer.describe());
    training.put("schedule", chosenSchedule.name());
    if (preprocessing.isPresent()) { // the setting is not what happens then
      training.remove("preprocess");
    }
    if (!resume) {
      directory.ifPresent(RunWriter::requireNoRun); // before the work of fitting
    }
    Optional<FineTuning> begun = begins.map(run -> FineTuning.begin(model, run, training));
    Optional<Origin> from =
        begun.map(FineTuning::origin).or(() -> resumed().flatMap(run -> run.config().from()));
    Preprocessing fitted = fittedPreprocessing(model, samples);
    Optional<Target> fittedTarget =
        targets.map(given -> new Target(given.train(), fittedToTargets(model, given.train())));
    String digest = directory.isPresent() ? all.digest() : "";
    try (OpenRunOrNone run = open(model, all, digest, training, fitted, fittedTarget, from);
        PreparedSamples prepared = prepare(samples, digest, fitted)) {
      if (model.preprocessing().isEmpty()) { // never trained; a checkpoint overwrites what follows
        begin(model, samples.ofEpoch(0), fitted, fittedTarget);
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
              directory,
              from);
      try (TrainingLoop loop = new TrainingLoop(plan, run.run(), listeners, this::mustStop)) {
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
    return directory.filter(path -> resume && RunDirectory.holdsRun(path)).map(RunDirectory::open);
  }

  private void requireTarget(Model model, Dataset all) {
    if (target.isPresent()) {
      model.requireTarget(all, target.get());
      if (settings.patch().isPresent()) {
        throw new WtaException(
            "'patch' is %s, and a patch of a sample has no target"
                .formatted(settings.patch().get()),
            "leave out 'patch'");
      }
    } else if (model.target().isPresent()) {
      throw new WtaException(
          "%s reconstructs a target, and none was given".formatted(model.family()),
          "give the targets of the samples with --target FILE (Trainer.target in a program)");
    }
  }

  private static void begin(
      Model model, Dataset samples, Preprocessing fitted, Optional<Target> target) {
    if (target.isPresent()) {
      model.beginTowards(samples, fitted, target.get());
    } else {
      model.begin(samples, fitted);
    }
  }

  private TrainingResult trainLayers(Dataset all) {
    if (begins.isPresent()) {
      throw new WtaException(
          "%s is trained a layer at a time, and cannot begin with the parameters of %s"
              .formatted(encoder.family(), begins.get().path()),
          "begin with the run of its last layer, on features of the layers below");
    }
    if (target.isPresent()) {
      throw new WtaException(
          "%s is trained a layer at a time, and has no target".formatted(encoder.family()),
          "leave the target out, or take a transcoder such as topk-transcoder");
    }
    if (optimizer.isPresent() || schedule.isPresent() || preprocessing.isPresent()) {
      throw new IllegalStateException("the layers of a model say how each is trained");
    }
    LayeredTraining training =
        new LayeredTraining(encoder, all, settings, directory, listeners, this::mustStop);
    return training.train(resume);
  }

  /** Whole samples that pass several times are transformed once, if that is much work. */
  private PreparedSamples prepare(TrainingSamples samples, String digest, Preprocessing fitted) {
    boolean pays =
        directory.isPresent()
            && settings.keepPreprocessed()
            && fitted.costly()
            && !samples.renewed()
            && settings.epochs() > 1;
    return pays
        ? PreparedSamples.kept(samples, digest, fitted, directory.get(), this::tellPreparing)
        : PreparedSamples.eachTime(samples, fitted);
  }

  private void tellPreparing(String stage, long done, long total) {
    listeners.forEach(listener -> listener.preparing(stage, done, total));
  }

  private Preprocessing fittedPreprocessing(Model model, TrainingSamples samples) {
    return preprocessing
        .or(() -> resumed().map(RunDirectory::preprocessing))
        .or(model::preprocessing)
        .orElseGet(
            () ->
                Preprocessing.fit(
                    settings.preprocess(), samples.forFitting(), this::tellPreparing));
  }

  private Preprocessing fittedToTargets(Model model, Dataset targets) {
    return resumed()
        .flatMap(RunDirectory::targetPreprocessing)
        .or(model::targetPreprocessing)
        .orElseGet(
            () -> Preprocessing.fit(settings.targetPreprocess(), targets, this::tellPreparing));
  }

  private OpenRunOrNone open(
      Model model,
      Dataset all,
      String digest,
      Map<String, Object> training,
      Preprocessing fitted,
      Optional<Target> fittedTarget,
      Optional<Origin> from) {
    if (directory.isEmpty()) {
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
            from);
    Path path = directory.get();
    return new OpenRunOrNone(
        Optional.of(
            resume
                ? RunWriter.resume(path, config)
                : RunWriter.create(path, config, fitted, ofTargets)));
  }

  private Map<String, Object> describeTarget(Preprocessing ofTargets) {
    Dataset all = target.orElseThrow();
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
