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
 * A function from samples to features with parameters in a backend's memory: a {@link Model}, or a
 * stack of several. Like its backend it is used by one thread at a time: a second thread gets an
 * {@link IllegalStateException}, see {@link Backend#hold}. Closing it frees the parameters.
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
   * @param settings all that is needed, besides the sample's shape, to build it again
   */
  protected FeatureExtractor(
      String family, SettingsRecord<?> settings, Shape sampleShape, Backend backend) {
    this.family = family;
    this.settings = settings;
    this.sampleShape = sampleShape;
    this.backend = backend;
    this.inference = Tape.forward(backend);
  }

  /** The number of features that {@link #encode} computes for a sample. */
  public abstract int features();

  /**
   * The shape of one sample's features: {@code (features)}, or {@code (maps, height, width)} for
   * feature maps.
   */
  public Shape featureShape() {
    return Shape.of(features());
  }

  /**
   * Whether most features of a sample are 0 at inference time, so that they are written as sparse
   * codes.
   */
  public boolean sparse() {
    return false;
  }

  /**
   * The number of activations that encoding a sample computes and stores: by default its features.
   */
  public long activations() {
    return features();
  }

  /** The number of units, which are the rows of {@link #decoderFilters}. */
  public int units() {
    return decoderFilters().shape().rows();
  }

  /**
   * Each unit's filter in the decoder, {@code (units, filterShape)}: a parameter or a view of one.
   */
  public abstract Tensor decoderFilters();

  /** The shape of one of {@link #decoderFilters}: by default a sample's. */
  public Shape filterShape() {
    return sampleShape;
  }

  /**
   * The models of a stack, beginning with the one whose inputs are the samples; empty for a model
   * that is trained end to end.
   */
  public List<ModelLayer> layers() {
    return List.of();
  }

  /**
   * The filters of one of {@link #layers}, decoded to samples by the layers below, {@code (units,
   * filterShape)}. The caller closes it.
   *
   * @param layer from 1
   * @throws IndexOutOfBoundsException if there is no such layer
   */
  public Tensor layerFilters(int layer) {
    throw new IndexOutOfBoundsException("%s has no layer %d".formatted(family, layer));
  }

  /** The parameters that training changes and checkpoints save, in the order of their creation. */
  public abstract List<Parameter> parameters();

  /**
   * The features, without competition.
   *
   * @param x {@code (samples, inputShape)}, pre-processed
   * @return {@code (samples, features)}, or the feature maps that make up each sample's features
   */
  protected abstract Variable encode(Tape tape, Variable x);

  /** The shape of a sample in the forward passes: by default flat, {@code (inputs)}. */
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
   * The backend that holds its parameters.
   *
   * @throws IllegalStateException in a pass of an {@link Encoder}, whose threads use other backends
   */
  public final Backend backend() {
    if (shared) {
      throw new IllegalStateException(
          "%s asks for its backend while an Encoder shares it among threads; use tape.backend() in encode, reconstruct and decode"
              .formatted(family));
    }
    return backend;
  }

  /** Marks this model as shared by the threads of an {@link Encoder}, or as no longer shared. */
  final void share(boolean among) {
    shared = among;
    layers().forEach(layer -> ((FeatureExtractor) layer.model()).shared = among);
  }

  public final Shape sampleShape() {
    return sampleShape;
  }

  /** The pre-processing of samples that was fitted in training; empty for a new model. */
  public final Optional<Preprocessing> preprocessing() {
    return preprocessing;
  }

  /** Sets the pre-processing of samples. The trainer and {@code RunDirectory} call it. */
  public final void preprocessWith(Preprocessing fitted) {
    preprocessing = Optional.of(fitted);
  }

  /** The shape of a transcoder's target; empty for models that reconstruct their samples. */
  public Optional<Shape> target() {
    return Optional.empty();
  }

  /** The shape of a reconstruction: a sample's, or a target's. */
  public final Shape reconstructionShape() {
    return target().orElse(sampleShape);
  }

  /**
   * The pre-processing of a transcoder's targets that was fitted in training; empty for a new model
   * and for models without a target.
   */
  public final Optional<Preprocessing> targetPreprocessing() {
    return targetPreprocessing;
  }

  /** Sets {@link #targetPreprocessing}. The trainer and {@code RunDirectory} call it. */
  public final void preprocessTargetsWith(Preprocessing fitted) {
    targetPreprocessing = Optional.of(fitted);
  }

  /** The pre-processing of the samples or targets that it reconstructs; empty for a new model. */
  public final Optional<Preprocessing> reconstructionPreprocessing() {
    return target().isPresent() ? targetPreprocessing : preprocessing;
  }

  /**
   * Encodes a batch that is pre-processed already, without competition. {@link #encode(Dataset)}
   * and {@link Encoder} take samples as they are.
   *
   * @param batch {@code (samples, inputs)} or {@code (samples, sampleShape)}, pre-processed
   * @param features {@code (samples, features)}, overwritten
   */
  public final void encodePrepared(Tensor batch, Tensor features) {
    infer(batch, (tape, x) -> copy(encode(tape, x), features));
  }

  /**
   * The features of a whole data set, without competition, computed batch by batch. Samples are
   * pre-processed as in training, or, for a new model, by {@link Preprocessing#standard}.
   *
   * <p>Features larger than {@link FeatureStorage#standard} allows in memory are stored in a
   * temporary file.
   *
   * @throws WtaException if the samples have another shape
   * @throws IllegalStateException if it is closed
   */
  public final Features encode(Dataset data) {
    return encode(data, FeatureStorage.standard());
  }

  /**
   * As {@link #encode(Dataset)}.
   *
   * @param storage where the features are stored
   */
  public final Features encode(Dataset data, FeatureStorage storage) {
    Objects.requireNonNull(data, "the data are null: give a data set to encode");
    requireOpen();
    return Features.of(this, data, Optional.empty(), storage, pass -> {});
  }

  /**
   * Runs a forward pass without gradients over a batch. Its tape is reset afterwards, also if the
   * pass fails.
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
   * Encodes samples by a part of this model, without competition, on this model's tape.
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
   * The number of samples to encode at a time: 1,000, or fewer if their {@link #activations} would
   * exceed 64 MiB.
   */
  public final int encodingBatch() {
    return Math.clamp(NUMBERS_AT_ONCE / activations(), 1, ENCODING_BATCH);
  }

  /**
   * Checks that the samples of a data set have this model's {@link #sampleShape}.
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
   * Whether its parameters can encode images of another size, as those of convolutions can. {@code
   * RunDirectory.loadFor} makes a model for them.
   */
  public boolean encodesPictures(Shape picture) {
    return false;
  }

  /** Whether a sample may be a patch of such images. */
  private boolean partOf(Shape picture) {
    return picture.rank() == 3
        && sampleShape.rank() == 3
        && picture.extent(0) == sampleShape.extent(0)
        && picture.extent(1) >= sampleShape.extent(1)
        && picture.extent(2) >= sampleShape.extent(2);
  }

  /**
   * Refuses other trainings of this model until the result is closed. The trainer calls it.
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
