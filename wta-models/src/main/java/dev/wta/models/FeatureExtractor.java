package dev.wta.models;

import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.data.Dataset;
import dev.wta.data.preprocessing.Preprocessing;
import dev.wta.models.autodiff.Parameter;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.autodiff.Variable;
import dev.wta.models.settings.SettingsRecord;
import dev.wta.models.storage.FeatureStorage;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;

/**
 * What turns samples into features: a {@link Model}, or several of them on top of one another.
 * Parameters lie in a backend's memory. Used by one thread at a time, as its backend is: passes of
 * two threads at once end in an {@link IllegalStateException} of the later one, see {@link
 * Backend#hold}. Closing it frees the parameters.
 */
public abstract class FeatureExtractor implements AutoCloseable {
  private static final int ENCODING_BATCH = 1000;
  private static final int NUMBERS_AT_ONCE = 1 << 24;

  private final String family;
  private final SettingsRecord<?> settings;
  private final Shape sampleShape;
  private final Backend backend;
  private final Tape inference;
  private Optional<Preprocessing> preprocessing = Optional.empty();
  private Optional<Preprocessing> targetPreprocessing = Optional.empty();
  private boolean shared; // by the threads of an Encoder
  private volatile boolean closed;
  private final AtomicReference<Thread> trainedBy = new AtomicReference<>();

  /**
   * @param family the name of its {@link ModelFamily}
   * @param settings everything needed, with the sample's shape, to build it again
   */
  protected FeatureExtractor(
      String family, SettingsRecord<?> settings, Shape sampleShape, Backend backend) {
    this.family = family;
    this.settings = settings;
    this.sampleShape = sampleShape;
    this.backend = backend;
    this.inference = Tape.forward(backend);
  }

  /** The length of a feature vector: the numbers that {@link #encode} answers for a sample. */
  public abstract int features();

  /**
   * The shape of one sample's features: a vector, unless a subclass answers maps, {@code (maps,
   * height, width)}.
   */
  public Shape featureShape() {
    return Shape.of(features());
  }

  /**
   * Whether most features of a sample are 0, the competition off: what is written of them is then
   * sparse.
   */
  public boolean sparse() {
    return false;
  }

  /**
   * The numbers that encoding computes and holds for each sample: its features, unless a subclass
   * makes them of more than that.
   */
  public long activations() {
    return features();
  }

  /** The units: the rows of {@link #decoderFilters}. */
  public int units() {
    return decoderFilters().shape().rows();
  }

  /**
   * Each unit's filter in the decoder, {@code (units, filterShape)}: a parameter or a view of one.
   */
  public abstract Tensor decoderFilters();

  /**
   * The shape of one of {@link #decoderFilters}: a sample's, unless a filter covers a part of it.
   */
  public Shape filterShape() {
    return sampleShape;
  }

  /**
   * The models that this one is made of, the one that sees the samples first; empty for a model
   * that is trained as a whole.
   */
  public List<ModelLayer> layers() {
    return List.of();
  }

  /**
   * What the units of one of {@link #layers} stand for in the samples, {@code (units, filter)}. The
   * caller closes it.
   *
   * @param layer from 1
   * @throws IndexOutOfBoundsException if there is no such layer
   */
  public Tensor layerFilters(int layer) {
    throw new IndexOutOfBoundsException("%s has no layer %d".formatted(family, layer));
  }

  /** What training changes and checkpoints keep, in the order of their making. */
  public abstract List<Parameter> parameters();

  /**
   * The representation, competition off.
   *
   * @param x {@code (samples, inputShape)}, pre-processed
   * @return {@code (samples, features)}, or the feature maps that make up each sample's features
   */
  protected abstract Variable encode(Tape tape, Variable x);

  /**
   * The shape in which the forward passes take a sample: flat, unless a subclass wants its pictures
   * whole.
   */
  protected Shape inputShape() {
    return Shape.of(Math.toIntExact(sampleShape.size()));
  }

  /** The name of its family, such as {@code fc-wta}. */
  public final String family() {
    return family;
  }

  public final SettingsRecord<?> settings() {
    return settings;
  }

  /**
   * Where its parameters are.
   *
   * @throws IllegalStateException in a pass of an {@link Encoder}, whose threads use backends of
   *     their own
   */
  public final Backend backend() {
    if (shared) {
      throw new IllegalStateException(
          "%s asks for its backend while an Encoder shares it among threads; use tape.backend() in encode, reconstruct and decode"
              .formatted(family));
    }
    return backend;
  }

  /** Hands this model over to the threads of an {@link Encoder}, or takes it back. */
  final void share(boolean among) {
    shared = among;
    layers().forEach(layer -> ((FeatureExtractor) layer.model()).shared = among);
  }

  public final Shape sampleShape() {
    return sampleShape;
  }

  /**
   * What samples go through before they are encoded, as fitted for training; empty if it was never
   * trained.
   */
  public final Optional<Preprocessing> preprocessing() {
    return preprocessing;
  }

  /**
   * Sets what samples go through before they are encoded. The trainer and {@code RunDirectory} do
   * this.
   */
  public final void preprocessWith(Preprocessing fitted) {
    preprocessing = Optional.of(fitted);
  }

  /** The shape of a transcoder's target; empty for what reconstructs its samples, if anything. */
  public Optional<Shape> target() {
    return Optional.empty();
  }

  /** The shape of a reconstruction: a sample's, or a target's. */
  public final Shape reconstructionShape() {
    return target().orElse(sampleShape);
  }

  /**
   * What targets go through before reconstructions are compared with them, as fitted for training;
   * empty if this has no target or was never trained.
   */
  public final Optional<Preprocessing> targetPreprocessing() {
    return targetPreprocessing;
  }

  /** Sets {@link #targetPreprocessing}. The trainer and {@code RunDirectory} do this. */
  public final void preprocessTargetsWith(Preprocessing fitted) {
    targetPreprocessing = Optional.of(fitted);
  }

  /** What the samples or targets that it reconstructs have gone through; empty before training. */
  public final Optional<Preprocessing> reconstructionPreprocessing() {
    return target().isPresent() ? targetPreprocessing : preprocessing;
  }

  /**
   * The representation of a batch that went through {@link #preprocessing} already, competition
   * off. {@link #encode(Dataset)} and an {@link Encoder} do so themselves.
   *
   * @param batch {@code (samples, inputs)} or {@code (samples, sampleShape)}, pre-processed
   * @param features {@code (samples, features)}, overwritten
   */
  public final void encodePrepared(Tensor batch, Tensor features) {
    infer(batch, (tape, x) -> copy(encode(tape, x), features));
  }

  /**
   * The representation of a whole data set, competition off, made a batch at a time. Samples are
   * pre-processed as in training, or, if it was never trained, by {@link Preprocessing#standard}.
   *
   * <p>Features that are larger than {@link FeatureStorage#standard} keeps in memory are in a
   * temporary file.
   *
   * @throws WtaException if the samples' shape is another one
   * @throws IllegalStateException if it is closed
   */
  public final Features encode(Dataset data) {
    return encode(data, FeatureStorage.standard());
  }

  /**
   * As {@link #encode(Dataset)}.
   *
   * @param storage where the features are kept
   */
  public final Features encode(Dataset data, FeatureStorage storage) {
    Objects.requireNonNull(data, "the data are null: give a data set to encode");
    requireOpen();
    return Features.of(this, data, Optional.empty(), storage, pass -> {});
  }

  /**
   * What {@code pass} makes of a batch, in a forward pass that nothing is learnt from. Its tape is
   * empty again afterwards, also where it fails.
   */
  protected final <T> T infer(Tensor batch, BiFunction<Tape, Variable, T> pass) {
    try (var _ = backend.hold()) {
      requireOpen();
      try {
        return pass.apply(inference, input(inference, batch));
      } finally {
        inference.reset(0);
      }
    }
  }

  /**
   * What a part of this model makes of samples, competition off, on this model's tape.
   *
   * @param x {@code (samples, part's inputs)}
   */
  protected static Variable encodeBy(FeatureExtractor part, Tape tape, Tensor x) {
    return part.encode(tape, part.input(tape, x));
  }

  /** The result of a pass, copied from its tape. */
  final Tensor copy(Variable result, Tensor out) {
    backend.memory().copy(result.value(), out);
    return out;
  }

  /** A batch as the forward passes take it. */
  final Variable input(Tape tape, Tensor batch) {
    return tape.constant(batch.reshape(inputShape().batch(batch.shape().rows())));
  }

  /**
   * How many samples to encode at a time: 1,000, or fewer where what is computed for them, maps
   * before their pooling included, would take more than 64 MiB.
   */
  public final int encodingBatch() {
    return Math.clamp(NUMBERS_AT_ONCE / activations(), 1, ENCODING_BATCH);
  }

  /**
   * Checks that data has samples of the shape that is encoded.
   *
   * @throws WtaException if the shapes differ
   */
  public final void requireShape(Dataset data) {
    if (!data.sampleShape().equals(sampleShape)) {
      throw new WtaException(
          "%s has samples of shape %s, and the model takes %s"
              .formatted(data.name(), data.sampleShape(), sampleShape),
          partOf(data.sampleShape())
              ? "cut the pictures to that size: a model of patches takes no whole pictures"
              : "give data of the shape that the model was made for");
    }
  }

  /**
   * Whether its parameters encode pictures of a shape as they encode its samples: those of
   * convolutions alone do, whatever the size. {@code RunDirectory.loadFor} makes such a model.
   */
  public boolean encodesPictures(Shape picture) {
    return false;
  }

  /** Whether a sample may be a patch of such pictures. */
  private boolean partOf(Shape picture) {
    return picture.rank() == 3
        && sampleShape.rank() == 3
        && picture.extent(0) == sampleShape.extent(0)
        && picture.extent(1) >= sampleShape.extent(1)
        && picture.extent(2) >= sampleShape.extent(2);
  }

  /**
   * Keeps other trainings out until what it answers is closed: two that take turns would spoil the
   * parameters of both, even where no two steps meet. The trainer does this.
   *
   * @throws IllegalStateException if it is being trained, or closed
   */
  public final Backend.Hold training() {
    requireOpen();
    Thread current = Thread.currentThread();
    Thread other = trainedBy.compareAndExchange(null, current);
    if (other != null) {
      throw new IllegalStateException(
          "thread '%s' would train %s while thread '%s' is training it; give each training a model of its own"
              .formatted(current.getName(), family, other.getName()));
    }
    return () -> trainedBy.set(null);
  }

  /** Throws {@link IllegalStateException} if this is closed. */
  final void requireOpen() {
    if (closed) {
      throw new IllegalStateException(
          "the %s is closed; close it after its last use, or load its run again".formatted(family));
    }
  }

  @Override
  public void close() {
    try (var _ = backend.hold()) {
      closed = true;
      inference.close();
    }
  }
}
