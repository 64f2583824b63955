package dev.wta.models;

import dev.wta.api.IntSize;
import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.SparseCode;
import dev.wta.api.tensor.SparseCodes;
import dev.wta.data.Batch;
import dev.wta.data.Batches;
import dev.wta.data.Dataset;
import dev.wta.data.FiniteValues;
import dev.wta.data.preprocessing.Preprocessing;
import dev.wta.models.autodiff.Parameter;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntFunction;

/**
 * A trained model to use: immutable, and safe for any number of threads. It has its own
 * pre-processing, so samples are given as the training data had them: bytes as 0 to 255.
 *
 * <pre>{@code
 * try (Backend backend = Backends.best();
 *     Encoder encoder = RunDirectory.open(Path.of("runs/sae")).encoder(backend)) {
 *   SparseCode code = encoder.encodeSparse(sample);
 * }
 * }</pre>
 *
 * <p>Where a backend has {@link Backend#inferenceContext}s, as {@code cpu} does, requests run on
 * their caller's thread and wait for nobody; a large one runs on all of the backend's threads
 * unless another large one does. On other backends requests wait for one another.
 *
 * <p>On {@code cpu} a sample's features are the same bits alone and in any batch, whoever else is
 * encoding. They are those of {@link FeatureExtractor#encode(Dataset)} and {@code wta encode},
 * except where a product of these sums in another order: in batches of 16 samples or fewer (the
 * last of a data set may be one), and in layers whose weights exceed 4 million. There, and on other
 * backends, they agree to rounding.
 *
 * <p>Samples that are null, of another length, or not finite are refused with a message that says
 * what to do. Closing an encoder waits for requests that run; later ones get an {@link
 * IllegalStateException}. Its backend is closed after it.
 */
public final class Encoder implements AutoCloseable {
  /** Multiply-adds from which on a request is worth more than one thread. */
  private static final long LARGE = 1L << 22;

  private final FeatureExtractor model;
  private final Preprocessing preprocessing;
  private final EncoderLanes lanes;
  private final int inputs;
  private final Shape outputShape;
  private final int outputs;
  private final Preprocessing outputPreprocessing;
  private final int features;
  private final int batch;
  private final long work; // multiply-adds of a sample, about
  private final AtomicBoolean open = new AtomicBoolean(true);

  private Encoder(FeatureExtractor model) {
    this.model = model;
    preprocessing = model.preprocessing().orElseGet(Preprocessing::none);
    lanes = new EncoderLanes(model.backend());
    inputs = IntSize.of(model.sampleShape().size(), "numbers of a sample");
    outputShape = model.reconstructionShape();
    outputs = IntSize.of(outputShape.size(), "numbers of a reconstruction");
    outputPreprocessing = model.reconstructionPreprocessing().orElseGet(Preprocessing::none);
    features = model.features();
    batch = model.encodingBatch();
    long weights = 0;
    for (Parameter parameter : model.parameters()) {
      weights += parameter.value().shape().size();
      model.backend().memory().freeze(parameter.value());
    }
    work = Math.max(weights, model.activations());
    model.share(true);
  }

  /**
   * An encoder with a copy of a model's parameters and pre-processing as they are now, in the
   * memory of its backend: training the model further, or closing it, does not change the encoder.
   *
   * @throws WtaException if the model's family is not on the class path
   */
  public static Encoder of(FeatureExtractor model) {
    Backend backend = model.backend();
    FeatureExtractor copy =
        ModelFamilies.named(model.family())
            .create(model.settings(), model.sampleShape(), backend, Seed.of(0));
    try (var _ = backend.hold()) {
      List<Parameter> values = model.parameters();
      List<Parameter> copied = copy.parameters();
      for (int i = 0; i < values.size(); i++) {
        backend.memory().copy(values.get(i).value(), copied.get(i).value());
      }
      model.preprocessing().ifPresent(copy::preprocessWith);
      model.targetPreprocessing().ifPresent(copy::preprocessTargetsWith);
      for (int i = 0; i < model.layers().size(); i++) {
        Model layer = copy.layers().get(i).model();
        model.layers().get(i).model().preprocessing().ifPresent(layer::preprocessWith);
      }
      return owning(copy);
    } catch (RuntimeException failed) {
      copy.close();
      throw failed;
    }
  }

  /** An encoder that takes a model over: nobody else uses it from now on, and closing closes it. */
  public static Encoder owning(FeatureExtractor model) {
    return new Encoder(model);
  }

  /** The name of the model's family, such as {@code topk}. */
  public String family() {
    return model.family();
  }

  /** The shape of one sample. */
  public Shape sampleShape() {
    return model.sampleShape();
  }

  /** The numbers of one sample. */
  public int inputs() {
    return inputs;
  }

  /** The numbers of one reconstruction: those of a sample, or of a transcoder's target. */
  public int outputs() {
    return outputs;
  }

  /** The numbers of one sample's features. */
  public int features() {
    return features;
  }

  /** The shape of one sample's features: a vector, or maps. */
  public Shape featureShape() {
    return model.featureShape();
  }

  /**
   * The features of a sample, {@code (features)}.
   *
   * @param sample {@code (inputs)}, left as it is
   */
  public float[] encode(float[] sample) {
    float[] code = new float[features];
    encodeRows(required(sample), 1, code);
    return code;
  }

  /**
   * The features of several samples, {@code (samples, features)}.
   *
   * @param samples {@code (samples, inputs)}
   */
  public float[][] encode(float[][] samples) {
    float[][] codes = new float[required(samples)][];
    overRows(samples, codes.length, (rows, from, count) -> unpack(rows, from, count, codes));
    return codes;
  }

  /**
   * The features of all samples of a data set, {@code (samples, features)}. An Arrow file is one,
   * see {@code ArrowDataset}.
   */
  public float[][] encode(Dataset data) {
    float[][] codes = new float[data.size()][];
    overData(data, (rows, from, count) -> unpack(rows, from, count, codes));
    return codes;
  }

  /**
   * Encodes samples that stand in memory one after the other, in the order of this machine's bytes.
   *
   * @param samples float32, {@code (samples, inputs)}
   * @param codes float32, {@code (samples, features)}, overwritten
   * @throws WtaException if {@code samples} is no whole number of samples, or {@code codes} is of
   *     another size than their features
   */
  public void encode(MemorySegment samples, MemorySegment codes) {
    long width = (long) inputs * Float.BYTES;
    long count = samples.byteSize() / width;
    long wanted = Math.multiplyExact(count, (long) features * Float.BYTES);
    if (samples.byteSize() % width != 0 || codes.byteSize() != wanted) {
      throw new WtaException(
          "%,d bytes of samples and %,d of features are not float32 of shape (n, %d) and (n, %d)"
              .formatted(samples.byteSize(), codes.byteSize(), inputs, features),
          "give segments of n * %,d and n * %,d bytes"
              .formatted(width, (long) features * Float.BYTES));
    }
    int most = (int) Math.min(count, batch);
    float[] rows = new float[most * inputs];
    float[] encoded = new float[most * features];
    for (long from = 0; from < count; from += most) {
      int now = (int) Math.min(most, count - from);
      MemorySegment.copy(
          samples, ValueLayout.JAVA_FLOAT_UNALIGNED, from * width, rows, 0, now * inputs);
      requireFinite(rows, now, (int) Math.min(from, Integer.MAX_VALUE - now));
      encodeRows(rows, now, encoded);
      long to = from * features * Float.BYTES;
      MemorySegment.copy(encoded, 0, codes, ValueLayout.JAVA_FLOAT_UNALIGNED, to, now * features);
    }
  }

  /** The features of a sample that are not 0, see {@link #encode(float[])}. */
  public SparseCode encodeSparse(float[] sample) {
    return SparseCode.ofDense(encode(sample));
  }

  /** The features of several samples that are not 0, see {@link #encode(float[][])}. */
  public SparseCodes encodeSparse(float[][] samples) {
    SparseCodes.Builder codes = new SparseCodes.Builder(features);
    overRows(samples, required(samples), (rows, _, count) -> codes.addDense(rows, count));
    return codes.build();
  }

  /** The features of a data set's samples that are not 0, see {@link #encode(Dataset)}. */
  public SparseCodes encodeSparse(Dataset data) {
    SparseCodes.Builder codes = new SparseCodes.Builder(features);
    overData(data, (rows, _, count) -> codes.addDense(rows, count));
    return codes.build();
  }

  /**
   * What the model makes of a sample, competition as in training, {@code (inputs)}, or of a
   * transcoder {@code (outputs)}, in the own unit of samples or targets: pre-processing is undone,
   * or, where it cannot be ({@link Preprocessing#irreversible}), the answer is the sample as the
   * model sees it. In a family whose samples compete with one another, {@code fc-wta} for example,
   * a sample alone wins everywhere; reconstruct a batch there.
   *
   * @throws WtaException also if this is a stack, which has no reconstruction
   */
  public float[] reconstruct(float[] sample) {
    float[] made = new float[outputs];
    reconstructRows(required(sample), 1, made);
    return made;
  }

  /**
   * What the model makes of several samples, which compete with one another where they do so in
   * training, {@code (samples, inputs)}.
   *
   * @param samples as many as compete in one batch
   * @throws WtaException also if this is a stack
   */
  public float[][] reconstruct(float[][] samples) {
    int count = required(samples);
    float[] made = new float[IntSize.of((long) count * outputs, "numbers of the samples")];
    reconstructRows(flat(samples, 0, count), count, made);
    return rows(made, count, outputs);
  }

  /**
   * What the decoder makes of a code, biases included, in the shape and unit of {@link
   * #reconstruct(float[])}; without what a transcoder's skip connection adds.
   *
   * @param code {@code (features)}
   * @throws WtaException also if this is a stack, or its features are pooled
   */
  public float[] decode(float[] code) {
    Objects.requireNonNull(code, "the code is null: give the %d features".formatted(features));
    requireLength("the code", code.length, features, featureShape());
    FiniteValues.require("the code", featureShape(), code, 1, row -> row);
    float[] made = new float[outputs];
    decodeRows(code, 1, made);
    return made;
  }

  /** As {@link #decode(float[])}. */
  public float[] decode(SparseCode code) {
    return decode(code.toDense());
  }

  /**
   * What the decoder makes of several codes, {@code (rows, inputs)}, as {@link #decode(float[])}.
   */
  public float[][] decode(SparseCodes codes) {
    requireLength("a code", codes.features(), features, featureShape());
    float[][] made = new float[codes.rows()][];
    for (int i = 0; i < made.length; i++) {
      made[i] = decode(codes.row(i));
    }
    return made;
  }

  private void encodeRows(float[] samples, int count, float[] codes) {
    prepared(samples, count, (tape, x) -> model.encode(tape, model.input(tape, x)), codes);
  }

  private void reconstructRows(float[] samples, int count, float[] made) {
    Model whole = whole("reconstruction");
    prepared(
        samples,
        count,
        (tape, x) -> whole.reconstruct(tape, whole.input(tape, x)).reconstruction(),
        made);
    undo(made, count);
  }

  private void undo(float[] made, int count) {
    if (outputPreprocessing.irreversible().isEmpty()) {
      outputPreprocessing.invert(made, count, outputShape);
    }
  }

  private void decodeRows(float[] codes, int count, float[] made) {
    Model whole = whole("decoder");
    Shape shape = featureShape().batch(count);
    lanes.run(
        large(count),
        lane ->
            lane.run(
                codes,
                count,
                features,
                (tape, x) -> whole.decode(tape, tape.constant(x.reshape(shape))),
                made,
                0));
    undo(made, count);
  }

  /** Runs a pass over a copy of samples that is pre-processed. */
  private void prepared(float[] samples, int count, EncoderLanes.Lane.Pass pass, float[] out) {
    lanes.run(
        large(count),
        lane -> {
          float[] copy = lane.host(count * inputs);
          System.arraycopy(samples, 0, copy, 0, count * inputs);
          preprocessing.apply(copy, count, model.sampleShape());
          lane.run(copy, count, inputs, pass, out, 0);
        });
  }

  private boolean large(int count) {
    return count > 1 && count * work >= LARGE;
  }

  private Model whole(String lacking) {
    if (model instanceof Model whole) {
      return whole;
    }
    throw new WtaException(
        "%s has no %s: features between its layers are pooled".formatted(family(), lacking),
        "use the encoder of one of its layers' runs");
  }

  /** Hears of features, a batch at a time. */
  @FunctionalInterface
  private interface Encoded {
    void batch(float[] codes, int from, int count);
  }

  private void overRows(float[][] samples, int count, Encoded encoded) {
    float[] codes = new float[Math.min(count, batch) * features];
    for (int from = 0; from < count; from += batch) {
      int now = Math.min(batch, count - from);
      encodeRows(flat(samples, from, now), now, codes);
      encoded.batch(codes, from, now);
    }
  }

  private void overData(Dataset data, Encoded encoded) {
    model.requireShape(data);
    int most = Math.clamp(data.size(), 1, batch);
    float[] codes = new float[most * features];
    int from = 0;
    try (Batches batches = Batches.inOrder(data, most)) {
      Batch read = batches.newBatch();
      while (batches.next(read)) {
        read.requireFinite(data);
        encodeRows(read.values(), read.count(), codes);
        encoded.batch(codes, from, read.count());
        from += read.count();
      }
    }
  }

  private void unpack(float[] codes, int from, int count, float[][] into) {
    System.arraycopy(rows(codes, count, features), 0, into, from, count);
  }

  private static float[][] rows(float[] flat, int count, int width) {
    float[][] rows = new float[count][];
    Arrays.setAll(rows, i -> Arrays.copyOfRange(flat, i * width, (i + 1) * width));
    return rows;
  }

  private float[] flat(float[][] samples, int from, int count) {
    float[] flat = new float[IntSize.of((long) count * inputs, "numbers of the samples")];
    for (int i = 0; i < count; i++) {
      System.arraycopy(samples[from + i], 0, flat, i * inputs, inputs);
    }
    return flat;
  }

  private float[] required(float[] sample) {
    Objects.requireNonNull(sample, () -> "the sample is null: give %d numbers".formatted(inputs));
    requireLength("the sample", sample.length, inputs, sampleShape());
    requireFinite(sample, 1, 0);
    return sample;
  }

  /** The number of samples, all of which are as they should be. */
  private int required(float[][] samples) {
    Objects.requireNonNull(samples, "the samples are null: give an array of samples");
    IntFunction<String> name = row -> "sample %d".formatted(row);
    for (int i = 0; i < samples.length; i++) {
      int row = i;
      Objects.requireNonNull(
          samples[i], () -> name.apply(row) + " is null: give %d numbers".formatted(inputs));
      requireLength(name.apply(i), samples[i].length, inputs, sampleShape());
      requireFinite(samples[i], 1, i);
    }
    return samples.length;
  }

  private static void requireLength(String what, int length, int wanted, Shape shape) {
    if (length != wanted) {
      throw new WtaException(
          "%s has %,d numbers, and the model takes %,d".formatted(what, length, wanted),
          "give all numbers of shape %s, row by row".formatted(shape));
    }
  }

  private void requireFinite(float[] samples, int count, int first) {
    FiniteValues.require("the samples", sampleShape(), samples, count, row -> first + row);
  }

  /** Waits for requests that run, and frees the parameters. Closing it again does nothing. */
  @Override
  public void close() {
    if (open.compareAndSet(true, false)) {
      lanes.close();
      model.share(false);
      model.close();
    }
  }
}
