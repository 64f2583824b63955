package dev.wta.models;

import dev.wta.api.IntSize;
import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.api.op.Epilogue;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.data.Dataset;
import dev.wta.data.preprocessing.Preprocessing;
import dev.wta.models.autodiff.Parameter;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.autodiff.Variable;
import dev.wta.models.layer.Code;
import dev.wta.models.layer.ScatterWinners;
import dev.wta.models.settings.SettingsRecord;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A sparse autoencoder that is trained as a whole. A subclass makes its parameters with {@link
 * #weight} and {@link #bias} and writes {@link #step(Tape, Variable)}, {@link #encode(Tape,
 * Variable)} and {@link #reconstruct(Tape, Variable)}; gradients come from the tape, checkpoints
 * from the parameters' names.
 *
 * <p>A transcoder is one that reconstructs a target instead of its samples, such as what a layer of
 * a network makes of them: {@link #target} says so, and {@link #stepTowards} and {@link
 * #beginTowards} take the place of {@link #step} and {@link #begin}.
 */
public abstract class Model extends FeatureExtractor {
  private final Seed seed;
  private final List<Parameter> parameters = new ArrayList<>();

  /**
   * @param family the name of its {@link ModelFamily}
   * @param settings everything needed, with the sample's shape, to build it again
   * @param seed where the first weights come from
   */
  protected Model(
      String family, SettingsRecord<?> settings, Shape sampleShape, Backend backend, Seed seed) {
    super(family, settings, sampleShape, backend);
    this.seed = seed;
  }

  /**
   * Checks that data are targets of this model for these samples.
   *
   * @throws WtaException if this has no target, the number of rows is another one, or their shape
   */
  public final void requireTarget(Dataset samples, Dataset targets) {
    if (target().isEmpty()) {
      throw new WtaException(
          "%s reconstructs its samples, and has no target".formatted(family()),
          "leave the target out, or take a transcoder such as topk-transcoder");
    }
    if (!targets.sampleShape().equals(target().get())) {
      throw new WtaException(
          "%s has targets of shape %s, and the model makes %s"
              .formatted(targets.name(), targets.sampleShape(), target().get()),
          "give targets of the shape that the model was made for");
    }
    requireOneEach(samples, targets);
  }

  /**
   * Checks that there is a target for each sample.
   *
   * @throws WtaException if there are not as many
   */
  public static void requireOneEach(Dataset samples, Dataset targets) {
    if (targets.size() != samples.size()) {
      throw new WtaException(
          "%s has %,d rows, and %s has %,d: each sample has one target"
              .formatted(targets.name(), targets.size(), samples.name(), samples.size()),
          "give the targets of these samples, in the same order");
    }
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
    Tensor decoded = backend().memory().allocate(filterShape().batch(patterns.shape().rows()));
    Shape flat = Shape.of(patterns.shape().rows(), decoded.shape().rowSize());
    backend()
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

  /** As {@link #beginAt}, for a transcoder. */
  protected void beginAt(Dataset samples, Preprocessing fitted, Target target) {}

  /**
   * One forward pass in training mode, competition on.
   *
   * @param x {@code (samples, inputShape)}, pre-processed
   */
  protected abstract StepOutput step(Tape tape, Variable x);

  /**
   * One forward pass of a transcoder in training mode, competition on.
   *
   * @param x {@code (samples, inputShape)}, pre-processed
   * @param target {@code (samples, outputs)}, pre-processed
   */
  protected StepOutput stepTowards(Tape tape, Variable x, Variable target) {
    throw new IllegalStateException(family() + " has no target");
  }

  /**
   * The reconstruction, competition as in training, with the code that it was decoded from.
   *
   * @param x {@code (samples, inputShape)}, pre-processed
   * @return a reconstruction {@code (samples, outputs)}, the outputs being as many as the inputs
   *     unless there is a {@link #target}
   */
  protected abstract Decoded reconstruct(Tape tape, Variable x);

  /**
   * What the decoder makes of a code such as {@link #encode} answers, biases included; the code
   * does not compete any more.
   *
   * @param code {@code (samples, featureShape)}
   * @return {@code (samples, inputs)} or of that size
   * @throws WtaException if this model's features cannot be decoded; so says this method, which a
   *     subclass overrides
   */
  protected Variable decode(Tape tape, Variable code) {
    throw new WtaException(
        "models of %s do not say how they decode a code".formatted(family()),
        "override decode(Tape, Variable) in " + getClass().getName());
  }

  /** New weights, sampled from N(0, deviation^2) by the seed's stream {@code init/name}. */
  protected final Parameter weight(String name, Shape shape, double deviation) {
    return weight(name, shape, deviation, Optional.empty());
  }

  /** As {@link #weight(String, Shape, double)}, with rows that start and stay within a bound. */
  protected final Parameter weight(
      String name, Shape shape, double deviation, Optional<Parameter.RowBound> rowBound) {
    Tensor value = backend().memory().allocate(shape);
    backend().randomness().normal(seed.stream("init/" + name), 0, (float) deviation, value);
    Parameter parameter = Parameter.weight(name, value);
    if (rowBound.isEmpty()) {
      return add(parameter);
    }
    backend().update().normaliseRows(value, rowBound.get().norm(), rowBound.get().bound());
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
        Parameter.weight(name, backend().memory().allocate(shape)).slowed(rateDivisor);
    return add(rowBound.map(parameter::bounded).orElse(parameter));
  }

  /** New biases, all zero. */
  protected final Parameter bias(String name, int size) {
    return bias(name, size, 1);
  }

  /** New biases, all zero, whose learning rate is divided. */
  protected final Parameter bias(String name, int size, double rateDivisor) {
    return add(
        Parameter.bias(name, backend().memory().allocate(Shape.of(size))).slowed(rateDivisor));
  }

  /**
   * What this model's training steps change themselves and checkpoints keep, see {@link
   * Parameter#state}: zeros at first.
   */
  protected final Parameter state(String name, Shape shape) {
    return add(Parameter.state(name, backend().memory().allocate(shape)));
  }

  private Parameter add(Parameter parameter) {
    parameters.add(parameter);
    return parameter;
  }

  /** Where the first weights come from. */
  protected final Seed seed() {
    return seed;
  }

  @Override
  public final List<Parameter> parameters() {
    return Collections.unmodifiableList(parameters);
  }

  /**
   * Makes a model that was never trained ready for its first step, see {@link #beginAt}. The
   * trainer does this.
   */
  public final void begin(Dataset samples, Preprocessing fitted) {
    try (var _ = backend().hold()) {
      beginAt(samples, fitted);
    }
  }

  /** As {@link #begin(Dataset, Preprocessing)}, for a transcoder. */
  public final void beginTowards(Dataset samples, Preprocessing fitted, Target target) {
    requireTarget(samples, target.data());
    try (var _ = backend().hold()) {
      beginAt(samples, fitted, target);
    }
  }

  /**
   * One forward pass in training mode, competition on; {@link Tape#backward} of its loss gives the
   * gradients.
   *
   * @param batch {@code (samples, inputs)} or {@code (samples, sampleShape)}, pre-processed
   */
  public final StepOutput step(Tape tape, Tensor batch) {
    try (var _ = backend().hold()) {
      requireOpen();
      return step(tape, input(tape, batch));
    }
  }

  /**
   * As {@link #step(Tape, Tensor)}, for a transcoder.
   *
   * @param batch {@code (samples, inputs)} or {@code (samples, sampleShape)}, pre-processed
   * @param target {@code (samples, outputs)} or {@code (samples, target)}, pre-processed
   */
  public final StepOutput stepTowards(Tape tape, Tensor batch, Tensor target) {
    try (var _ = backend().hold()) {
      requireOpen();
      int outputs = Math.toIntExact(reconstructionShape().size());
      Shape flat = Shape.of(batch.shape().rows(), outputs);
      return stepTowards(tape, input(tape, batch), tape.constant(target.reshape(flat)));
    }
  }

  /**
   * The reconstruction of a batch, competition as in training.
   *
   * @param batch {@code (samples, inputs)} or {@code (samples, sampleShape)}, pre-processed
   * @param out {@code (samples, reconstructionShape)} or as many numbers, overwritten
   */
  public final void reconstruct(Tensor batch, Tensor out) {
    infer(batch, (tape, x) -> copy(reconstruct(tape, x).reconstruction(), out));
  }

  /**
   * Whether what {@link #reconstruct} decodes is what {@link #encode} answers, to the bit, so that
   * whoever wants both need not encode twice. No, unless a subclass says so.
   */
  protected boolean decodesFeatures() {
    return false;
  }

  /**
   * As {@link #reconstruct(Tensor, Tensor)}, and counts what was decoded. Waits for the device.
   *
   * @param features {@code (samples, features)}: overwritten with the code, of a model that {@link
   *     #decodesFeatures}
   * @return the activations of the decoded code that are not 0, of all samples together
   */
  final double reconstructCounted(Tensor batch, Tensor out, Optional<Tensor> features) {
    return infer(
        batch,
        (tape, x) -> {
          Decoded decoded = reconstruct(tape, x);
          copy(decoded.reconstruction(), out);
          features.ifPresent(target -> copy(dense(tape, decoded.code()), target));
          return decoded.code().active(tape);
        });
  }

  private static Variable dense(Tape tape, Code code) {
    return switch (code) {
      case Code.Sparse winners -> ScatterWinners.run(tape, winners);
      case Code.Dense all -> all.activations();
    };
  }

  /**
   * The reconstructions of a whole data set in the inputs' or targets' own unit, made {@link
   * #encodingBatch} samples at a time, which compete as in training. Samples are pre-processed as
   * {@link #encode(Dataset)} does, and that is undone, see {@link Preprocessing#invert}.
   *
   * @return {@code (samples, reconstructionShape)}
   * @throws WtaException if the samples' shape is another one, a step of the pre-processing cannot
   *     be undone, or the numbers do not fit an array
   */
  public final float[] reconstruct(Dataset data) {
    Objects.requireNonNull(data, "the data are null: give a data set to reconstruct");
    int outputs = Math.toIntExact(reconstructionShape().size());
    try (ForwardPass pass = ForwardPass.of(this, data)) {
      float[] all = new float[IntSize.of((long) data.size() * outputs, "numbers of", data.name())];
      while (pass.next()) {
        int from = pass.done() - pass.count();
        float[] made = pass.undone(pass.reconstructions().orElseThrow());
        System.arraycopy(made, 0, all, from * outputs, made.length);
      }
      return all;
    }
  }

  @Override
  public void close() {
    try (var _ = backend().hold()) {
      super.close();
      parameters.forEach(Parameter::close);
    }
  }
}
