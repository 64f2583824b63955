package dev.wta.models;

import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.api.op.Epilogue;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.data.Batch;
import dev.wta.data.Batches;
import dev.wta.data.Dataset;
import dev.wta.data.preprocessing.Preprocessing;
import dev.wta.models.autodiff.Parameter;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.autodiff.Variable;
import dev.wta.models.settings.SettingsRecord;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * A sparse autoencoder: parameters in a backend's memory, and the forward passes that use them. A
 * subclass makes its parameters with {@link #weight} and {@link #bias} and writes {@link
 * #step(Tape, Variable)}, {@link #encode(Tape, Variable)} and {@link #reconstruct(Tape, Variable)};
 * gradients come from the tape, checkpoints from the parameters' names. Used by one thread at a
 * time, as its backend is: passes of two threads at once end in an {@link IllegalStateException} of
 * the later one, see {@link Backend#hold}. Closing it frees the parameters.
 */
public abstract class Model implements AutoCloseable {
  private static final int ENCODING_BATCH = 1000;
  private static final int NUMBERS_AT_ONCE = 1 << 24;

  private final String family;
  private final SettingsRecord<?> settings;
  private final Shape sampleShape;
  private final Backend backend;
  private final Seed seed;
  private final List<Parameter> parameters = new ArrayList<>();
  private final Tape inference;
  private Optional<Preprocessing> preprocessing = Optional.empty();

  /**
   * @param family the name of its {@link ModelFamily}
   * @param settings everything needed, with the sample's shape, to build it again
   * @param seed where the first weights come from
   */
  protected Model(
      String family, SettingsRecord<?> settings, Shape sampleShape, Backend backend, Seed seed) {
    this.family = family;
    this.settings = settings;
    this.sampleShape = sampleShape;
    this.backend = backend;
    this.seed = seed;
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
   * The numbers that encoding computes and holds for each sample: its features, unless a subclass
   * makes them of more than that.
   */
  public long activations() {
    return features();
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

  /** Whether {@link #reconstruct} works. */
  public boolean reconstructs() {
    return true;
  }

  /**
   * The reconstructions of patterns of features: the decoder's filters added up, linear and without
   * biases. So the filters of a model on top of this one are decoded into this one's samples.
   *
   * @param patterns {@code (patterns, features)}; for a model of maps {@code (patterns, maps,
   *     height, width)} with any height and width
   * @return {@code (patterns, sample)}, or of the height and width that the patterns need; the
   *     caller closes it
   */
  public Tensor decode(Tensor patterns) {
    Tensor decoded = backend.memory().allocate(filterShape().batch(patterns.shape().rows()));
    Shape flat = Shape.of(patterns.shape().rows(), decoded.shape().rowSize());
    backend
        .dense()
        .gemm(
            patterns.reshape(Shape.of(patterns.shape().rows(), features())),
            false,
            decoderFilters().reshape(Shape.of(features(), flat.rowSize())),
            false,
            1,
            0,
            Epilogue.NONE,
            decoded.reshape(flat));
    return decoded;
  }

  /**
   * What of this model's settings does not do what it says in such a training, for people:
   * sentences without a full stop. None, unless a subclass knows some.
   *
   * @param batch the samples of a mini-batch
   * @param steps of the whole training
   */
  public List<String> notes(int batch, long steps) {
    return List.of();
  }

  /**
   * Gives parameters that begin at samples their first values, before the first step of a model
   * that was never trained. Random choices are the seed's. Nothing, unless a subclass needs it.
   *
   * @param samples the training data
   * @param fitted what its samples go through
   */
  protected void beginAt(Dataset samples, Preprocessing fitted) {}

  /**
   * One forward pass in training mode, competition on.
   *
   * @param x {@code (samples, inputShape)}, pre-processed
   */
  protected abstract StepOutput step(Tape tape, Variable x);

  /**
   * The representation, competition off.
   *
   * @param x {@code (samples, inputShape)}, pre-processed
   * @return {@code (samples, features)}, or the feature maps that make up each sample's features
   */
  protected abstract Variable encode(Tape tape, Variable x);

  /**
   * The reconstruction, competition as in training.
   *
   * @param x {@code (samples, inputShape)}, pre-processed
   * @return of x's shape
   */
  protected abstract Variable reconstruct(Tape tape, Variable x);

  /**
   * The shape in which the forward passes take a sample: flat, unless a subclass wants its pictures
   * whole.
   */
  protected Shape inputShape() {
    return Shape.of(Math.toIntExact(sampleShape.size()));
  }

  /** New weights, sampled from N(0, deviation^2) by the seed's stream {@code init/name}. */
  protected final Parameter weight(String name, Shape shape, double deviation) {
    return weight(name, shape, deviation, Optional.empty());
  }

  /** As {@link #weight(String, Shape, double)}, with rows that start and stay within a bound. */
  protected final Parameter weight(
      String name, Shape shape, double deviation, Optional<Parameter.RowBound> rowBound) {
    Tensor value = backend.memory().allocate(shape);
    backend.randomness().normal(seed.stream("init/" + name), 0, (float) deviation, value);
    Parameter parameter = Parameter.weight(name, value);
    if (rowBound.isEmpty()) {
      return add(parameter);
    }
    backend.update().normaliseRows(value, rowBound.get().norm(), rowBound.get().bound());
    return add(parameter.bounded(rowBound.get()));
  }

  /**
   * New weights, all zero.
   *
   * @param rowBound that rows stay within
   * @param rateDivisor what their learning rate is divided by
   */
  protected final Parameter zeros(
      String name, Shape shape, Optional<Parameter.RowBound> rowBound, double rateDivisor) {
    Parameter parameter =
        Parameter.weight(name, backend.memory().allocate(shape)).slowed(rateDivisor);
    return add(rowBound.map(parameter::bounded).orElse(parameter));
  }

  /** New biases, all zero. */
  protected final Parameter bias(String name, int size) {
    return bias(name, size, 1);
  }

  /** New biases, all zero, whose learning rate is divided. */
  protected final Parameter bias(String name, int size, double rateDivisor) {
    return add(Parameter.bias(name, backend.memory().allocate(Shape.of(size))).slowed(rateDivisor));
  }

  /**
   * What this model's training steps change themselves and checkpoints keep, see {@link
   * Parameter#state}: zeros at first.
   */
  protected final Parameter state(String name, Shape shape) {
    return add(Parameter.state(name, backend.memory().allocate(shape)));
  }

  private Parameter add(Parameter parameter) {
    parameters.add(parameter);
    return parameter;
  }

  /** The name of the model's family, such as {@code fc-wta}. */
  public final String family() {
    return family;
  }

  public final SettingsRecord<?> settings() {
    return settings;
  }

  public final Backend backend() {
    return backend;
  }

  /** Where the first weights come from. */
  protected final Seed seed() {
    return seed;
  }

  public final Shape sampleShape() {
    return sampleShape;
  }

  /** What training changes and checkpoints keep, in the order of their making. */
  public List<Parameter> parameters() {
    return Collections.unmodifiableList(parameters);
  }

  /**
   * What samples go through before the model sees them, as fitted for its training; empty if it was
   * never trained.
   */
  public final Optional<Preprocessing> preprocessing() {
    return preprocessing;
  }

  /**
   * Makes a model that was never trained ready for its first step, see {@link #beginAt}. The
   * trainer does this.
   */
  public final void begin(Dataset samples, Preprocessing fitted) {
    try (var _ = backend.hold()) {
      beginAt(samples, fitted);
    }
  }

  /**
   * Sets what samples go through before the model sees them. The trainer and {@code RunDirectory}
   * do this.
   */
  public final void preprocessWith(Preprocessing fitted) {
    preprocessing = Optional.of(fitted);
  }

  /**
   * One forward pass in training mode, competition on; {@link Tape#backward} of its loss gives the
   * gradients.
   *
   * @param batch {@code (samples, inputs)} or {@code (samples, sampleShape)}, pre-processed
   */
  public final StepOutput step(Tape tape, Tensor batch) {
    try (var _ = backend.hold()) {
      return step(tape, input(tape, batch));
    }
  }

  /**
   * The representation of a batch, competition off.
   *
   * @param batch {@code (samples, inputs)} or {@code (samples, sampleShape)}, pre-processed
   * @param features {@code (samples, features)}, overwritten
   */
  public final void encode(Tensor batch, Tensor features) {
    infer(batch, (tape, x) -> copy(encode(tape, x), features));
  }

  /**
   * The reconstruction of a batch, competition as in training.
   *
   * @param batch {@code (samples, inputs)} or {@code (samples, sampleShape)}, pre-processed
   * @param out of the batch's size, overwritten
   */
  public final void reconstruct(Tensor batch, Tensor out) {
    infer(batch, (tape, x) -> copy(reconstruct(tape, x), out));
  }

  /**
   * What {@code pass} makes of a batch, in a forward pass that nothing is learnt from. Its tape is
   * empty again afterwards, also where it fails.
   */
  public final <T> T infer(Tensor batch, BiFunction<Tape, Variable, T> pass) {
    try (var _ = backend.hold()) {
      try {
        return pass.apply(inference, input(inference, batch));
      } finally {
        inference.reset(0);
      }
    }
  }

  /** The result of a pass, copied from its tape. */
  final Tensor copy(Variable result, Tensor out) {
    backend.memory().copy(result.value(), out);
    return out;
  }

  /**
   * How many samples to encode at a time: 1,000, or fewer where what is computed for them, maps
   * before their pooling included, would take more than 64 MiB.
   */
  public final int encodingBatch() {
    return Math.clamp(NUMBERS_AT_ONCE / activations(), 1, ENCODING_BATCH);
  }

  /**
   * The representation of a whole data set, competition off, made a batch at a time. Samples are
   * pre-processed as in training, or, in a model that was never trained, by {@link
   * Preprocessing#standard}.
   *
   * @throws WtaException if the samples' shape is not this model's
   */
  public final Features encode(Dataset data) {
    requireShape(data);
    try (var _ = backend.hold()) {
      return encodeAll(data);
    }
  }

  private Features encodeAll(Dataset data) {
    Preprocessing fitted =
        preprocessing.orElseGet(() -> Preprocessing.standard(data.elementType()));
    Tensor values = backend.memory().allocate(Shape.of(data.size(), features()));
    int capacity = Math.min(encodingBatch(), data.size());
    try (Batches batches = Batches.inOrder(data, capacity);
        Tensor room = backend.memory().allocate(sampleShape.batch(capacity))) {
      Batch batch = batches.newBatch();
      int done = 0;
      while (batches.next(batch)) {
        fitted.apply(batch.values(), batch.count(), sampleShape);
        Tensor input = room.rows(0, batch.count());
        backend.memory().upload(batch.values(), 0, input);
        encode(input, values.rows(done, batch.count()));
        done += batch.count();
      }
    } catch (RuntimeException failed) {
      values.close();
      throw failed;
    }
    return new Features(backend, values);
  }

  /**
   * Checks that data has this model's samples.
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

  /** Whether a sample may be a patch of such pictures. */
  private boolean partOf(Shape picture) {
    return picture.rank() == 3
        && sampleShape.rank() == 3
        && picture.extent(0) == sampleShape.extent(0)
        && picture.extent(1) >= sampleShape.extent(1)
        && picture.extent(2) >= sampleShape.extent(2);
  }

  /** A batch as the forward passes take it. */
  final Variable input(Tape tape, Tensor batch) {
    return tape.constant(batch.reshape(inputShape().batch(batch.shape().rows())));
  }

  @Override
  public void close() {
    try (var _ = backend.hold()) {
      inference.close();
      parameters.forEach(Parameter::close);
    }
  }
}
