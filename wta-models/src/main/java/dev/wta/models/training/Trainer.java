package dev.wta.models.training;

import dev.wta.api.WtaException;
import dev.wta.api.op.Precision;
import dev.wta.api.random.Seed;
import dev.wta.data.Dataset;
import dev.wta.data.PatchSize;
import dev.wta.data.SampleStream;
import dev.wta.data.preprocessing.Preprocessing;
import dev.wta.data.reading.MixedStream;
import dev.wta.models.FeatureExtractor;
import dev.wta.models.Model;
import dev.wta.models.optimizer.Optimizer;
import dev.wta.models.optimizer.Schedule;
import dev.wta.models.run.RunDirectory;
import dev.wta.models.run.RunWriter;
import dev.wta.models.settings.SettingsSpec;
import dev.wta.models.training.samples.BatchStream;
import dev.wta.models.training.samples.SampleRows;
import dev.wta.models.training.samples.TrainingSource;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Flow;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Trains a model. What is not said takes the default of {@link TrainingSettings} for the model's
 * family.
 *
 * <pre>{@code
 * TrainingResult run = Trainer.of(model).data(images).batch(100).optimizer(Adam.rate(1e-3)).epochs(50).train();
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
  private Optional<TrainingSource> source = Optional.empty();
  private Optional<Dataset> validation = Optional.empty();
  private Optional<Dataset> validationTarget = Optional.empty();
  private Optional<Dataset> target = Optional.empty();
  private Optional<Preprocessing> preprocessing = Optional.empty();
  private Optional<Path> directory = Optional.empty();
  private Optional<RunDirectory> begins = Optional.empty();
  private boolean resume;
  private volatile boolean stopRequested;
  private BooleanSupplier stopsToo = () -> false;

  private Trainer(FeatureExtractor encoder) {
    Objects.requireNonNull(encoder, "the model is null: give one to train");
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
    Objects.requireNonNull(data, "the data are null: give a data set");
    return source(new TrainingSource.Given(data));
  }

  /**
   * What to train on: a row a sample, copied.
   *
   * @param samples {@code (samples)(numbers of a sample)}, as the model's pre-processing takes them
   * @throws WtaException if there is none, one is null, or one is of another length
   */
  public Trainer data(float[][] samples) {
    Objects.requireNonNull(samples, "the samples are null: give an array of samples");
    return data(SampleRows.of(samples, encoder.sampleShape()));
  }

  /**
   * What to train on: batches of any size and number, a row a sample. Training reads them to their
   * end first, into a temporary file, so they have to end; then samples are shuffled and pass as
   * often as the epochs say.
   */
  public Trainer data(Iterable<float[][]> batches) {
    Objects.requireNonNull(batches, "the batches are null: give some");
    return source(new TrainingSource.Spooled(batches));
  }

  /** As {@link #data(Iterable)}; a stream can be trained on once. */
  @SuppressWarnings("StreamToIterable") // it is read once by each training, and says if it is empty
  public Trainer data(Stream<float[][]> batches) {
    Objects.requireNonNull(batches, "the batches are null: give some");
    return data((Iterable<float[][]>) batches::iterator);
  }

  /**
   * What to train on: samples that are read once as they arrive, in random order through a buffer
   * of {@code shuffle-buffer} samples in memory; closed by {@link #train}. They may be endless if
   * {@link #steps} says when to stop. Pre-processing is fitted to the first buffer of them, {@code
   * epochs} has no effect, and the run cannot be resumed.
   */
  public Trainer stream(SampleStream samples) {
    Objects.requireNonNull(samples, "the stream is null: give one");
    return source(new TrainingSource.Streamed(_ -> samples));
  }

  /** As {@link #stream(SampleStream)}: batches of any size, a row a sample. */
  public Trainer stream(Iterable<float[][]> batches) {
    Objects.requireNonNull(batches, "the batches are null: give some");
    return source(new TrainingSource.Streamed(BatchStream.from(batches)));
  }

  /** As {@link #stream(SampleStream)}: batches of any size, a row a sample. */
  public Trainer stream(Stream<float[][]> batches) {
    Objects.requireNonNull(batches, "the batches are null: give some");
    return source(new TrainingSource.Streamed(BatchStream.from(batches)));
  }

  /** As {@link #stream(SampleStream)}: batches of any size, one requested after the other. */
  public Trainer stream(Flow.Publisher<float[][]> batches) {
    Objects.requireNonNull(batches, "the publisher is null: give one");
    return source(new TrainingSource.Streamed(BatchStream.from(batches)));
  }

  private Trainer source(TrainingSource samples) {
    source = Optional.of(samples);
    return this;
  }

  /**
   * Samples that are not trained on: the parameters of the epoch that does best on them are kept,
   * in place of samples that are {@link #heldOut}. They stay the caller's to close.
   */
  public Trainer validation(Dataset samples) {
    Objects.requireNonNull(samples, "the validation data are null: give a data set");
    this.validation = Optional.of(samples);
    return this;
  }

  /** As {@link #validation(Dataset)}, with what a transcoder is to make of them. */
  public Trainer validation(Dataset samples, Dataset targets) {
    Objects.requireNonNull(targets, "the targets are null: give a data set");
    this.validationTarget = Optional.of(targets);
    return validation(samples);
  }

  /**
   * What a transcoder is to make of the data: for each sample the row of the same number; it stays
   * the caller's to close.
   */
  public Trainer target(Dataset targets) {
    Objects.requireNonNull(targets, "the targets are null: give a data set");
    this.target = Optional.of(targets);
    return this;
  }

  /** All training settings at once, as a configuration has them. */
  public Trainer settings(TrainingSettings settings) {
    Objects.requireNonNull(settings, "the settings are null: begin with the defaults");
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

  /** Ends training after so many steps, if its epochs have not; 0 for the epochs alone. */
  public Trainer steps(long steps) {
    return set("steps", steps);
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

  /**
   * Ends with an exponential moving average of the parameters, and keeps it in checkpoints; 0 for
   * the parameters themselves.
   *
   * @param decay a step, such as 0.999
   */
  public Trainer average(double decay) {
    return set("average", decay);
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

  /**
   * What a step's dense products may round their operands to, see {@link
   * dev.wta.api.backend.Backend#withPrecision}; training is refused where the backend has none.
   */
  public Trainer precision(Precision precision) {
    return set("precision", precision);
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
    Objects.requireNonNull(optimizer, "the optimiser is null: leave it out for the family's");
    this.optimizer = Optional.of(optimizer);
    return this;
  }

  public Trainer schedule(Schedule schedule) {
    Objects.requireNonNull(schedule, "the schedule is null: leave it out for the family's");
    this.schedule = Optional.of(schedule);
    return this;
  }

  /**
   * What samples go through first. Without it, what the model was trained with before, or else the
   * setting {@code preprocess} fitted to the data.
   */
  public Trainer preprocessing(Preprocessing fitted) {
    Objects.requireNonNull(
        fitted, "the pre-processing is null: Preprocessing.none() leaves samples as they are");
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
    Objects.requireNonNull(run, "the run is null: give one to begin with");
    begins = Optional.of(run);
    return settings(TrainingSettings.ofRun(run.config()));
  }

  /** Keeps the run in {@code directory}. */
  public Trainer to(Path directory) {
    Objects.requireNonNull(directory, "the directory is null: leave out to(...) to keep no run");
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

  public Trainer listen(TrainingListener listener) {
    Objects.requireNonNull(listener, "the listener is null: give one");
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
   * @throws IllegalStateException if the model is closed or being trained by somebody else, there
   *     is no data to train on, no directory to resume from, or a run that is resumed is to begin
   *     with the parameters of another one, or with other pre-processing than theirs
   */
  public TrainingResult train() {
    return withData(this::train);
  }

  /**
   * What {@link #train} would take, by its first steps, which take some seconds. Nothing is
   * written: a run's directory is only checked. The model is trained by these steps, so make a new
   * one afterwards.
   *
   * @throws WtaException as {@link #train}
   * @throws IllegalStateException as {@link #train}, or if a run is to be resumed
   */
  public TrainingEstimate estimate() {
    TrainingEstimate.Timer timer = timer();
    withData(request -> train(request.measuredBy(timer, timer::done)));
    return timer.estimate();
  }

  /** Times the first steps of a training that begins. */
  TrainingEstimate.Timer timer() {
    if (resume) {
      throw new IllegalStateException("an estimate is of a training that begins: leave out resume");
    }
    directory.ifPresent(RunWriter::requireNoRun);
    return new TrainingEstimate.Timer(encoder, optimizer, validation.isPresent());
  }

  /** What it trains, for {@link Sweep}. */
  FeatureExtractor encoder() {
    return encoder;
  }

  /** What {@link #train} would do with the data set that it was given, for {@link Sweep}. */
  TrainingRequest request() {
    if (source.isPresent() && source.get() instanceof TrainingSource.Given given) {
      return request(given.data(), Optional.empty());
    }
    throw new IllegalStateException(
        "no data set to train on: call data(...) with the same one for each model");
  }

  private TrainingResult withData(Function<TrainingRequest, TrainingResult> training) {
    TrainingSource samples =
        source.orElseThrow(
            () -> new IllegalStateException("nothing to train on: call data(...) first"));
    if (samples instanceof TrainingSource.Streamed && encoder instanceof Model) {
      epochs(1);
    }
    return samples.open(
        encoder.sampleShape(),
        Math.max(settings.shuffleBuffer(), settings.batch()),
        (all, mixed) -> training.apply(request(all, mixed)));
  }

  private TrainingRequest request(Dataset all, Optional<MixedStream> mixed) {
    if (directory.isEmpty() && resume) {
      throw new IllegalStateException("nothing to resume: call to(directory) first");
    }
    if (begins.isPresent() && (resume || preprocessing.isPresent())) {
      throw new IllegalStateException(
          "a run that is resumed has its parameters, and parameters of a run have their"
              + " pre-processing");
    }
    return new TrainingRequest(
        all,
        mixed,
        target,
        validation,
        validationTarget,
        settings,
        optimizer,
        schedule,
        preprocessing,
        directory,
        begins,
        resume,
        List.copyOf(listeners),
        () -> stopRequested || stopsToo.getAsBoolean());
  }

  private TrainingResult train(TrainingRequest request) {
    try (var _ = encoder.training()) {
      if (encoder instanceof Model whole) {
        return WholeTraining.train(List.of(new WholeTraining(whole, request)), request.mustStop())
            .getFirst()
            .result()
            .orElseThrow();
      }
      request.requireOfLayers(encoder);
      return new LayeredTraining(encoder, request).train();
    }
  }
}
