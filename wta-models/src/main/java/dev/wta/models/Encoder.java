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
 * A trained model for inference: immutable and thread-safe. It applies the pre-processing that was
 * fitted in training, so samples are given in the units of the training data: bytes as 0 to 255.
 *
 * <pre>{@code
 * try (Backend backend = Backends.best();
 *     Encoder encoder = RunDirectory.open(Path.of("runs/sae")).encoder(backend)) {
 *   SparseCode code = encoder.encodeSparse(sample);
 * }
 * }</pre>
 *
 * <p>If the backend has {@link Backend#inferenceContext}s, as {@code cpu} does, calls run
 * concurrently, each on its caller's thread; one large call at a time uses all of the backend's
 * threads. On other backends calls run one after the other.
 *
 * <p>On {@code cpu} a sample's features are the same bits in any batch and beside any other calls.
 * They equal those of {@link FeatureExtractor#encode(Dataset)} and {@code wta encode}, except where
 * these sum in another order: in batches of 16 samples or fewer (such as the last one of a data
 * set), and in layers of more than 4 million weights. There, and on other backends, they agree to
 * rounding.
 *
 * <p>A sample that is null throws {@link NullPointerException}; one of another length, or with
 * values that are not finite, {@link WtaException}. Closing an encoder waits for running calls;
 * later calls throw {@link IllegalStateException}. Close the backend after the encoder.
 */
public final class Encoder implements AutoCloseable {
  private final FeatureExtractor model;
  private final EncoderPasses passes;
  private final int inputs;
  private final int outputs;
  private final int features;
  private final int batch;
  private final AtomicBoolean open = new AtomicBoolean(true);

  private Encoder(FeatureExtractor model) {
    this.model = model;
    inputs = IntSize.of(model.sampleShape().size(), "numbers of a sample");
    outputs = IntSize.of(model.reconstructionShape().size(), "numbers of a reconstruction");
    features = model.features();
    batch = model.encodingBatch();
    for (Parameter parameter : model.parameters()) {
      model.backend().memory().freeze(parameter.value());
    }
    passes = new EncoderPasses(model, inputs);
    model.share(true);
  }

  /**
   * An encoder with a copy of a model's parameters and pre-processing, in the memory of the model's
   * backend. Training the model further, or closing it, does not change the encoder.
   *
   * @throws WtaException if the model's family is not on the class path
   */
  public static Encoder of(FeatureExtractor model) {
    Objects.requireNonNull(model, "the model is null: give a trained one");
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

  /** An encoder that owns {@code model}: do not use it any more; closing the encoder closes it. */
  public static Encoder owning(FeatureExtractor model) {
    return new Encoder(Objects.requireNonNull(model, "the model is null: give a trained one"));
  }

  /** The name of the model's family, such as {@code topk}. */
  public String family() {
    return model.family();
  }

  /** The shape of one sample. */
  public Shape sampleShape() {
    return model.sampleShape();
  }

  /** The number of values of a sample. */
  public int inputs() {
    return inputs;
  }

  /** The number of values of a reconstruction: those of a sample, or of a transcoder's target. */
  public int outputs() {
    return outputs;
  }

  /** The number of features. */
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
   * @param sample {@code (inputs)}, not modified
   */
  public float[] encode(float[] sample) {
    float[] code = new float[features];
    passes.encode(required(sample), 1, code);
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

  /** The features of a data set, such as an {@code ArrowDataset}, {@code (samples, features)}. */
  public float[][] encode(Dataset data) {
    float[][] codes = new float[required(data).size()][];
    overData(data, (rows, from, count) -> unpack(rows, from, count, codes));
    return codes;
  }

  /**
   * Encodes contiguous samples, in native byte order.
   *
   * @param samples float32, {@code (samples, inputs)}
   * @param codes float32, {@code (samples, features)}, overwritten
   * @throws WtaException if {@code samples} is not a whole number of samples, or {@code codes} is
   *     not as large as their features
   */
  public void encode(MemorySegment samples, MemorySegment codes) {
    Objects.requireNonNull(samples, "the samples are null: give their memory");
    Objects.requireNonNull(codes, "the features are null: give memory to write them to");
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
      passes.encode(rows, now, encoded);
      long to = from * features * Float.BYTES;
      MemorySegment.copy(encoded, 0, codes, ValueLayout.JAVA_FLOAT_UNALIGNED, to, now * features);
    }
  }

  /** The non-zero features of a sample, see {@link #encode(float[])}. */
  public SparseCode encodeSparse(float[] sample) {
    return SparseCode.ofDense(encode(sample));
  }

  /** The non-zero features of several samples, see {@link #encode(float[][])}. */
  public SparseCodes encodeSparse(float[][] samples) {
    SparseCodes.Builder codes = new SparseCodes.Builder(features);
    overRows(samples, required(samples), (rows, _, count) -> codes.addDense(rows, count));
    return codes.build();
  }

  /** The non-zero features of a data set's samples, see {@link #encode(Dataset)}. */
  public SparseCodes encodeSparse(Dataset data) {
    SparseCodes.Builder codes = new SparseCodes.Builder(features);
    overData(required(data), (rows, _, count) -> codes.addDense(rows, count));
    return codes.build();
  }

  /**
   * The reconstruction of a sample, {@code (outputs)}, with competition as in training.
   * Pre-processing is undone, so it is in the unit of the samples, or of a transcoder's targets; if
   * it cannot be undone ({@link Preprocessing#irreversible}), the reconstruction is of the
   * pre-processed sample. In families whose samples compete with one another, such as {@code
   * fc-wta}, a single sample wins everywhere: reconstruct a batch there.
   *
   * @throws WtaException also if this is a stack, which has no reconstruction
   */
  public float[] reconstruct(float[] sample) {
    float[] reconstruction = new float[outputs];
    passes.reconstruct(required(sample), 1, reconstruction);
    return reconstruction;
  }

  /**
   * The reconstructions of several samples, {@code (samples, outputs)}, which compete with one
   * another if they do so in training; see {@link #reconstruct(float[])}.
   *
   * @param samples {@code (samples, inputs)}, one mini-batch
   * @throws WtaException also if this is a stack
   */
  public float[][] reconstruct(float[][] samples) {
    int count = required(samples);
    float[] reconstructions =
        new float[IntSize.of((long) count * outputs, "numbers of the samples")];
    passes.reconstruct(flat(samples, 0, count), count, reconstructions);
    return rows(reconstructions, count, outputs);
  }

  /**
   * The decoder's output for a code, biases included, {@code (outputs)}, in the unit of {@link
   * #reconstruct(float[])}. A transcoder's skip connection is left out.
   *
   * @param code {@code (features)}
   * @throws WtaException also if this is a stack, or its features are pooled
   */
  public float[] decode(float[] code) {
    requireCode(code);
    requireLength("the code", code.length, features, featureShape());
    FiniteValues.require("the code", featureShape(), code, 1, row -> row);
    float[] output = new float[outputs];
    passes.decode(code, 1, output);
    return output;
  }

  /** As {@link #decode(float[])}. */
  public float[] decode(SparseCode code) {
    requireCode(code);
    return decode(code.toDense());
  }

  /**
   * The decoder's outputs for several codes, {@code (rows, outputs)}, as {@link #decode(float[])}.
   */
  public float[][] decode(SparseCodes codes) {
    Objects.requireNonNull(codes, "the codes are null: give those of encodeSparse");
    requireLength("a code", codes.features(), features, featureShape());
    float[][] decoded = new float[codes.rows()][];
    int most = Math.min(codes.rows(), batch);
    float[] dense = new float[IntSize.of((long) most * features, "numbers of the codes")];
    float[] output = new float[IntSize.of((long) most * outputs, "numbers of the samples")];
    for (int first = 0; first < decoded.length; first += most) {
      int from = first;
      int count = Math.min(most, decoded.length - from);
      Arrays.fill(dense, 0);
      for (int i = 0; i < count; i++) {
        int start = i * features;
        codes.row(from + i).forEach((unit, value) -> dense[start + unit] = value);
      }
      FiniteValues.require("the codes", featureShape(), dense, count, row -> from + row);
      passes.decode(dense, count, output);
      System.arraycopy(rows(output, count, outputs), 0, decoded, from, count);
    }
    return decoded;
  }

  private void requireCode(Object code) {
    Objects.requireNonNull(code, () -> "the code is null: give %d features".formatted(features));
  }

  /** Receives features, a batch at a time. */
  @FunctionalInterface
  private interface Encoded {
    void batch(float[] codes, int from, int count);
  }

  private void overRows(float[][] samples, int count, Encoded encoded) {
    float[] codes = new float[Math.min(count, batch) * features];
    for (int from = 0; from < count; from += batch) {
      int now = Math.min(batch, count - from);
      passes.encode(flat(samples, from, now), now, codes);
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
        passes.encode(read.values(), read.count(), codes);
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

  private static Dataset required(Dataset data) {
    return Objects.requireNonNull(data, "the data set is null: give one, of the model's samples");
  }

  /** Checks all samples, and returns their number. */
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

  /** Waits for running calls, and frees the parameters. Closing it again does nothing. */
  @Override
  public void close() {
    if (open.compareAndSet(true, false)) {
      passes.close();
      model.share(false);
      model.close();
    }
  }
}
