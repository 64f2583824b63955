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
 * A sparse autoencoder that is trained end to end. A subclass creates its parameters with {@link
 * #weight} and {@link #bias} and implements {@link #step(Tape, Variable)}, {@link #encode(Tape,
 * Variable)} and {@link #reconstruct(Tape, Variable)}. The tape computes the gradients; checkpoints
 * save the parameters by name.
 *
 * <p>A transcoder reconstructs a target instead of its samples, such as the output of a network's
 * layer for them. Its {@link #target} is not empty, and {@link #stepTowards} and {@link
 * #beginTowards} replace {@link #step} and {@link #begin}.
 */
public abstract class Model extends FeatureExtractor {
  private final Seed seed;
  private final List<Parameter> parameters = new ArrayList<>();

  /**
   * @param family the name of its {@link ModelFamily}
   * @param settings all that is needed, besides the sample's shape, to build the model again
   * @param seed the seed of the initial weights
   */
  protected Model(
      String family, SettingsRecord<?> settings, Shape sampleShape, Backend backend, Seed seed) {
    super(family, settings, sampleShape, backend);
    this.seed = seed;
  }

  /**
   * Checks that {@code targets} are targets of this model for {@code samples}.
   *
   * @throws WtaException if the model has no target, or the number of rows or their shape differs
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
   * Checks that there are as many targets as samples.
   *
   * @throws WtaException if there are not
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
   * Decodes patterns of features linearly: sums of the decoder's filters, without biases. It maps
   * the filters of a model that is trained on this one's features back to this one's samples.
   *
   * @param patterns {@code (patterns, features)}; for a model of maps {@code (patterns, maps,
   *     height, width)} with any height and width
   * @return {@code (patterns, sampleShape)}, with the height and width that the patterns give; the
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
   * Warnings about settings of this model that cannot take effect as set in such a training:
   * sentences without a full stop. By default none.
   *
   * @param batch the number of samples of a mini-batch
   * @param steps the number of steps of the whole training
   */
  public List<String> notes(int batch, long steps) {
    return List.of();
  }

  /**
   * Initialises the parameters that depend on the data, before the first step of a new model.
   * Random choices depend on the model's seed alone. By default it does nothing.
   *
   * @param samples the training data
   * @param fitted the samples' pre-processing
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
   * @return the reconstruction {@code (samples, outputs)}; without a {@link #target} there are as
   *     many outputs as inputs
   */
  protected abstract Decoded reconstruct(Tape tape, Variable x);

  /**
   * The decoder's output for a code such as that of {@link #encode}, biases included, without
   * competition.
   *
   * @param code {@code (samples, featureShape)}
   * @return {@code (samples, outputs)}, or another shape of that size
   * @throws WtaException if this model's features cannot be decoded, or if the subclass does not
   *     override this method
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
   * @param rowBound the bound on the norm of each row, if any
   * @param rateDivisor the divisor of their learning rate
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
   * New state, all zero: values that the model's own training steps change and checkpoints save,
   * see {@link Parameter#state}.
   */
  protected final Parameter state(String name, Shape shape) {
    return add(Parameter.state(name, backend().memory().allocate(shape)));
  }

  private Parameter add(Parameter parameter) {
    parameters.add(parameter);
    return parameter;
  }

  /** The seed of the initial weights. */
  protected final Seed seed() {
    return seed;
  }

  @Override
  public final List<Parameter> parameters() {
    return Collections.unmodifiableList(parameters);
  }

  /** Prepares a new model for its first step, see {@link #beginAt}. The trainer calls it. */
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
   * Whether {@link #reconstruct} decodes exactly the features that {@link #encode} returns, so that
   * one pass gives both. By default false.
   */
  protected boolean decodesFeatures() {
    return false;
  }

  /**
   * As {@link #reconstruct(Tensor, Tensor)}, and counts the decoded activations. Waits for the
   * device.
   *
   * @param features {@code (samples, features)}, overwritten with the code, for a model that {@link
   *     #decodesFeatures}
   * @return the number of non-zero activations in the decoded code of all samples
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
   * The reconstructions of a whole data set, in the unit of the inputs or targets. They are
   * computed {@link #encodingBatch} samples at a time, which compete as in training. Samples are
   * pre-processed as in {@link #encode(Dataset)}, and reconstructions are converted back by {@link
   * Preprocessing#invert}.
   *
   * @return {@code (samples, reconstructionShape)}
   * @throws WtaException if the samples have another shape, a step of the pre-processing cannot be
   *     undone, or the result does not fit into an array
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
