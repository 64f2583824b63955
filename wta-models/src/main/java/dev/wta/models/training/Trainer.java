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
 * Trains a model. Settings that are not given have the defaults of the model's family, see {@link
 * TrainingSettings}.
 *
 * <pre>{@code
 * TrainingResult run = Trainer.of(model).data(images).batch(100).optimizer(Adam.rate(1e-3)).epochs(50).train();
 * }</pre>
 *
 * <p>With {@link #to} the run is written to a directory, see {@link RunDirectory}, from which it
 * can be resumed: it then ends with the same parameters, bit for bit, as an uninterrupted one.
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
  private Optional<RunDirectory> from = Optional.empty();
  private boolean resume;
  private volatile boolean stopRequested;
  private BooleanSupplier stopsToo = () -> false;

  private Trainer(FeatureExtractor encoder) {
    Objects.requireNonNull(encoder, "the model is null: give one to train");
    this.encoder = encoder;
    this.spec = TrainingSettings.ofFamily(encoder.family());
    this.settings = spec.defaults();
  }

  /** A trainer of a {@link Model}, or of a stack, layer by layer. The caller closes the model. */
  public static Trainer of(FeatureExtractor encoder) {
    return new Trainer(encoder);
  }

  /** The training data. The caller closes it. */
  public Trainer data(Dataset data) {
    Objects.requireNonNull(data, "the data are null: give a data set");
    return source(new TrainingSource.Given(data));
  }

  /**
   * The training data: one sample per row. The rows are copied.
   *
   * @param samples {@code (samples, inputs)}, not pre-processed
   * @throws WtaException if there are no samples, or one is null or has another length
   */
  public Trainer data(float[][] samples) {
    Objects.requireNonNull(samples, "the samples are null: give an array of samples");
    return data(SampleRows.of(samples, encoder.sampleShape()));
  }

  /**
   * The training data: batches of any size, one sample per row. Training first reads all of them
   * into a temporary file, so they have to end; then samples are shuffled in each epoch.
   */
  public Trainer data(Iterable<float[][]> batches) {
    Objects.requireNonNull(batches, "the batches are null: give some");
    return source(new TrainingSource.Spooled(batches));
  }

  /** As {@link #data(Iterable)}, for one training. */
  @SuppressWarnings("StreamToIterable") // it is read once by each training, and says if it is empty
  public Trainer data(Stream<float[][]> batches) {
    Objects.requireNonNull(batches, "the batches are null: give some");
    return data((Iterable<float[][]>) batches::iterator);
  }

  /**
   * The training data: samples that are read once, as they arrive, and shuffled in a buffer of
   * {@code shuffle-buffer} samples in memory. {@link #train} closes the stream. It may be endless
   * if {@link #steps} is set. Pre-processing is fitted to the first buffer, {@code epochs} has no
   * effect, and the run cannot be resumed.
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
   * Validation data, instead of {@link #heldOut} samples: the model ends with the parameters of the
   * epoch with the lowest validation error. The caller closes it.
   */
  public Trainer validation(Dataset samples) {
    Objects.requireNonNull(samples, "the validation data are null: give a data set");
    this.validation = Optional.of(samples);
    return this;
  }

  /** As {@link #validation(Dataset)}, with the targets of a transcoder. */
  public Trainer validation(Dataset samples, Dataset targets) {
    Objects.requireNonNull(targets, "the targets are null: give a data set");
    this.validationTarget = Optional.of(targets);
    return validation(samples);
  }

  /** A transcoder's targets: row i is the target of sample i. The caller closes it. */
  public Trainer target(Dataset targets) {
    Objects.requireNonNull(targets, "the targets are null: give a data set");
    this.target = Optional.of(targets);
    return this;
  }

  /** Sets all training settings at once. */
  public Trainer settings(TrainingSettings settings) {
    Objects.requireNonNull(settings, "the settings are null: start from the defaults");
    this.settings = settings;
    return this;
  }

  /** The number of samples of a mini-batch. */
  public Trainer batch(int samples) {
    return set("batch", samples);
  }

  /** The number of passes over the training data. */
  public Trainer epochs(int epochs) {
    return set("epochs", epochs);
  }

  /** The largest number of steps; 0 for no limit but the epochs. */
  public Trainer steps(long steps) {
    return set("steps", steps);
  }

  /** The seed of shuffling and sampling. */
  public Trainer seed(Seed seed) {
    return set("seed", seed.value());
  }

  /**
   * The number of samples in the shuffle buffer, from which each next sample is taken at random.
   */
  public Trainer shuffleBuffer(int samples) {
    return set("shuffle-buffer", samples);
  }

  /** Trains on random patches of the images. The model's sample shape is that of a patch. */
  public Trainer patches(PatchSize size) {
    return set("patch", Optional.of(size));
  }

  /**
   * The largest norm of all gradients of a step together, to which they are clipped; 0 for none.
   */
  public Trainer clip(double length) {
    return set("clip", length);
  }

  /**
   * Ends with an exponential moving average of the parameters over the steps.
   *
   * @param decay the decay per step, such as 0.999; 0 for no averaging
   */
  public Trainer average(double decay) {
    return set("average", decay);
  }

  /** The steps over which the learning rate rises linearly; the schedule begins after them. */
  public Trainer warmup(int steps) {
    return set("warmup", steps);
  }

  /**
   * Holds one sample in {@code oneIn} out as validation data, see {@link #validation(Dataset)}; 0
   * holds out none.
   */
  public Trainer heldOut(int oneIn) {
    return set("held-out", oneIn);
  }

  /** The number of epochs without a lower validation error after which training ends early. */
  public Trainer patience(int epochs) {
    return set("patience", epochs);
  }

  /**
   * The precision to which a step's dense products may round their operands, see {@link
   * dev.wta.api.backend.Backend#withPrecision}. {@link #train} throws if the backend lacks it.
   */
  public Trainer precision(Precision precision) {
    return set("precision", precision);
  }

  /** The number of steps between checkpoints. The end of training always writes one. */
  public Trainer checkpointEvery(int steps) {
    return set("checkpoint-every", steps);
  }

  /** The number of steps between measurements in the log. */
  public Trainer logEvery(int steps) {
    return set("log-every", steps);
  }

  /** The optimiser. Its settings that are not given have the defaults of the model's family. */
  public Trainer optimizer(Optimizer optimizer) {
    Objects.requireNonNull(optimizer, "the optimiser is null: leave it out for the family's");
    this.optimizer = Optional.of(optimizer);
    return this;
  }

  /** The schedule of the learning rate. */
  public Trainer schedule(Schedule schedule) {
    Objects.requireNonNull(schedule, "the schedule is null: leave it out for the family's");
    this.schedule = Optional.of(schedule);
    return this;
  }

  /**
   * The pre-processing of samples. By default it is that of an earlier training of the model, or
   * else the setting {@code preprocess}, fitted to the data.
   */
  public Trainer preprocessing(Preprocessing fitted) {
    Objects.requireNonNull(
        fitted, "the pre-processing is null: Preprocessing.none() leaves samples as they are");
    this.preprocessing = Optional.of(fitted);
    return this;
  }

  /**
   * Fine-tunes a run: starts from its parameters, state and pre-processing. The model must have the
   * run's settings (see {@link RunDirectory#loadModel}), except those that do not shape parameters.
   * The training settings become the run's; later calls change them. The optimiser keeps its state,
   * and warm-ups are not repeated; the schedule and the number of steps start at 0.
   *
   * <pre>{@code
   * RunDirectory earlier = RunDirectory.open(Path.of("runs/first"));
   * try (Model model = earlier.loadModel(backend)) {
   *   Trainer.of(model).from(earlier).data(more).epochs(2).to(Path.of("runs/second")).train();
   * }
   * }</pre>
   */
  public Trainer from(RunDirectory run) {
    Objects.requireNonNull(run, "the run is null: give one to start from");
    from = Optional.of(run);
    return settings(TrainingSettings.ofRun(run.config()));
  }

  /** Writes the run to {@code directory}. */
  public Trainer to(Path directory) {
    Objects.requireNonNull(directory, "the directory is null: leave out to(...) to keep no run");
    this.directory = Optional.of(directory);
    return this;
  }

  /** Resumes the run in the directory instead of starting a new one. */
  public Trainer resume() {
    this.resume = true;
    return this;
  }

  /** As {@link #resume()}, if {@code resume}. */
  public Trainer resume(boolean resume) {
    this.resume = resume;
    return this;
  }

  /** Stops, like {@link #requestStop}, once {@code wanted} returns true. */
  Trainer stopWhen(BooleanSupplier wanted) {
    this.stopsToo = wanted;
    return this;
  }

  /** Adds a listener. */
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
   * Asks training to finish its step, write a checkpoint and return. Any thread may call it, also
   * before {@link #train}.
   */
  public void requestStop() {
    stopRequested = true;
  }

  /**
   * Trains until all epochs are done or {@link #requestStop} is called.
   *
   * @throws WtaException if the data does not fit the model, the run's directory cannot be used,
   *     the parameters of {@link #from} do not fit the model, or the loss is not finite
   * @throws IllegalStateException if the model is closed or being trained by another trainer, there
   *     is no training data, no directory to resume from, or {@link #from} is combined with {@link
   *     #resume} or {@link #preprocessing}
   */
  public TrainingResult train() {
    return withData(this::train);
  }

  /**
   * Estimates the time and memory of {@link #train} from its first steps, which take some seconds.
   * Nothing is written. The steps change the model's parameters: make a new model afterwards.
   *
   * @throws WtaException as {@link #train}
   * @throws IllegalStateException as {@link #train}, or if a run is to be resumed
   */
  public TrainingEstimate estimate() {
    TrainingEstimate.Timer timer = timer();
    withData(request -> train(request.measuredBy(timer, timer::done)));
    return timer.estimate();
  }

  /** Times the first steps of a new training. */
  TrainingEstimate.Timer timer() {
    if (resume) {
      throw new IllegalStateException("only a new training can be estimated: leave out resume");
    }
    directory.ifPresent(RunWriter::requireNoRun);
    return new TrainingEstimate.Timer(encoder, optimizer, validation.isPresent());
  }

  /** The model that is trained, for {@link Sweep}. */
  FeatureExtractor encoder() {
    return encoder;
  }

  /** The request of {@link #train} for the given data set, for {@link Sweep}. */
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
    if (from.isPresent() && (resume || preprocessing.isPresent())) {
      throw new IllegalStateException(
          "a run that is resumed has its parameters, and parameters of a run have their"
              + " pre-processing: leave out from(run) to resume, and preprocessing(fitted) to start"
              + " from a run");
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
        from,
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
