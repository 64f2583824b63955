package dev.wta.models;

import dev.wta.api.IntSize;
import dev.wta.api.WtaException;
import dev.wta.api.op.Memory;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.data.Batch;
import dev.wta.data.Batches;
import dev.wta.data.Dataset;
import dev.wta.data.preprocessing.Preprocessing;
import java.util.Arrays;
import java.util.Optional;

/**
 * One pass of an encoder over a data set, in the data's order: each batch is read, pre-processed
 * and uploaded once, and encoded or reconstructed where that is asked for. Samples are
 * pre-processed as in training, or, for an encoder that was never trained, by {@link
 * Preprocessing#standard}.
 *
 * <pre>{@code
 * try (ForwardPass pass = ForwardPass.of(encoder, data)) {
 *   while (pass.next()) {
 *     use(pass.codes(), pass.count());
 *   }
 * }
 * }</pre>
 *
 * <p>The arrays are used again for the next batch, and may be longer than this one.
 */
public final class ForwardPass implements AutoCloseable {
  private final FeatureExtractor encoder;
  private final Dataset data;
  private final Preprocessing preprocessing;
  private final Memory memory;
  private final Batches batches;
  private final Batch batch;
  private final Room samples;
  private final Room features;
  private final Room reconstructed;
  private boolean finite;
  private double decodedActive = Double.NaN;
  private Optional<Tensor> encoded = Optional.empty();
  private Optional<Target> target = Optional.empty();
  private Optional<Batch> targets = Optional.empty();

  /** A batch on the device and on the host, both allocated when they are first needed. */
  private final class Room {
    private final Shape sample;
    private Optional<Tensor> tensor = Optional.empty();
    private float[] onHost = {};

    Room(Shape sample) {
      this.sample = sample;
    }

    Tensor batch() {
      if (tensor.isEmpty()) {
        tensor = Optional.of(memory.allocate(sample.batch(batch.capacity())));
      }
      return tensor.get().rows(0, count());
    }

    float[] download(Tensor from) {
      if (onHost.length == 0) {
        Shape all = sample.batch(batch.capacity());
        onHost = new float[IntSize.of(all.size(), "numbers of a batch", all)];
      }
      memory.download(from, onHost, 0);
      return onHost;
    }

    void close() {
      tensor.ifPresent(Tensor::close);
    }
  }

  private ForwardPass(FeatureExtractor encoder, Dataset data, int size) {
    encoder.requireShape(data);
    this.encoder = encoder;
    this.data = data;
    preprocessing =
        encoder.preprocessing().orElseGet(() -> Preprocessing.standard(data.elementType()));
    memory = encoder.backend().memory();
    int capacity = Math.min(size, data.size());
    batches = Batches.inOrder(data, capacity);
    batch = batches.newBatch();
    samples = new Room(encoder.sampleShape());
    features = new Room(encoder.featureShape());
    reconstructed = new Room(encoder.reconstructionShape());
  }

  /**
   * A pass in batches of {@link FeatureExtractor#encodingBatch}.
   *
   * @throws WtaException if the samples' shape is not the encoder's
   */
  public static ForwardPass of(FeatureExtractor encoder, Dataset data) {
    return of(encoder, data, encoder.encodingBatch());
  }

  /**
   * A pass in batches of {@code size} samples, which compete with one another in a reconstruction.
   *
   * @throws WtaException if the samples' shape is not the encoder's
   */
  public static ForwardPass of(FeatureExtractor encoder, Dataset data, int size) {
    return new ForwardPass(encoder, data, size);
  }

  /**
   * The same pass of a transcoder, with its targets.
   *
   * @param data for each sample the row of the same number; pre-processed as in training, or, for a
   *     model that was never trained, by {@link Preprocessing#standard}
   * @throws WtaException if the encoder is no transcoder, or these are not its samples' targets
   */
  public ForwardPass towards(Dataset data) {
    if (!(encoder instanceof Model model)) {
      throw new WtaException(
          "%s reconstructs nothing, and has no target".formatted(encoder.family()),
          "leave the target out");
    }
    model.requireTarget(this.data, data);
    target =
        Optional.of(
            new Target(
                data,
                model
                    .targetPreprocessing()
                    .orElseGet(() -> Preprocessing.standard(data.elementType()))));
    targets = Optional.of(new Batch(batch.capacity(), data.sampleShape()));
    return this;
  }

  /** The same pass, which refuses samples that hold NaN or infinities. */
  public ForwardPass finite() {
    finite = true;
    return this;
  }

  /**
   * Advances to the next batch.
   *
   * @return whether there was one
   * @throws WtaException if a sample is not finite, in a {@link #finite} pass
   */
  public boolean next() {
    if (!batches.next(batch)) {
      return false;
    }
    if (finite) {
      batch.requireFinite(data);
    }
    target.ifPresent(given -> given.read(batch, targets.orElseThrow(), finite));
    preprocessing.apply(batch.values(), count(), encoder.sampleShape());
    memory.upload(batch.values(), 0, samples.batch());
    encoded = Optional.empty();
    decodedActive = Double.NaN;
    return true;
  }

  /** The samples of the batch. */
  public int count() {
    return batch.count();
  }

  /** The samples that have passed, the batch included. */
  public int done() {
    return data.size() - batches.remaining();
  }

  /** The samples' rows in the data set, {@code (count)}. */
  public int[] rows() {
    return batch.rows();
  }

  /** The samples, pre-processed, {@code (count, sample)}. */
  public float[] samples() {
    return batch.values();
  }

  /** The same on the device. */
  public Tensor input() {
    return samples.batch();
  }

  /**
   * What reconstructions are compared with, pre-processed, {@code (count, reconstructionShape)}:
   * the samples, or a transcoder's targets. Empty for a transcoder without {@link #towards}, and
   * for an encoder that is no {@link Model}.
   */
  public Optional<float[]> targets() {
    return encoder instanceof Model model && model.target().isEmpty()
        ? Optional.of(samples())
        : targets.map(Batch::values);
  }

  /**
   * Encodes the samples, competition off, where they are wanted on the device.
   *
   * @param target {@code (count, features)}, overwritten
   */
  public void encode(Tensor target) {
    encoder.encodePrepared(input(), target);
    encoded = Optional.of(target);
  }

  /** The samples' features, competition off, {@code (count, features)}; encoded at most once. */
  public float[] codes() {
    if (encoded.isEmpty()) {
      encode(features.batch());
    }
    return features.download(encoded.get());
  }

  /**
   * The reconstructions of the samples, competition as in training, {@code (count,
   * reconstructionShape)}, in the unit of {@link #targets}; empty for an encoder that is no {@link
   * Model}: pooling between layers cannot be undone.
   */
  public Optional<float[]> reconstructions() {
    if (!(encoder instanceof Model model)) {
      return Optional.empty();
    }
    Tensor room = reconstructed.batch();
    boolean both = encoded.isEmpty() && model.decodesFeatures();
    Optional<Tensor> code = both ? Optional.of(features.batch()) : Optional.empty();
    decodedActive = model.reconstructCounted(input(), room, code);
    encoded = encoded.or(() -> code);
    return Optional.of(reconstructed.download(room));
  }

  /**
   * The activations other than 0 of the codes that {@link #reconstructions} has decoded, of the
   * batch's samples together: the L0 that goes with their error. It is that of {@link #codes} only
   * where the model's features are what it decodes.
   *
   * @throws IllegalStateException before the batch's reconstructions
   */
  public double decodedActive() {
    if (Double.isNaN(decodedActive)) {
      throw new IllegalStateException("nothing of this batch was decoded");
    }
    return decodedActive;
  }

  /**
   * A copy of {@link #targets} or {@link #reconstructions} in the data's own unit: with {@link
   * #targetPreprocessing} undone, {@code (count, reconstructionShape)}.
   *
   * @throws WtaException if a step of it cannot be undone, see {@link Preprocessing#irreversible}
   */
  public float[] undone(float[] values) {
    Shape shape = reconstructed.sample;
    float[] copy =
        Arrays.copyOf(values, Math.multiplyExact(count(), Math.toIntExact(shape.size())));
    targetPreprocessing().invert(copy, count(), shape);
    return copy;
  }

  /**
   * What {@link #targets} have gone through: the samples' pre-processing, or that of a transcoder's
   * targets. Nothing for a transcoder that was never trained, without {@link #towards}.
   */
  public Preprocessing targetPreprocessing() {
    if (encoder.target().isEmpty()) {
      return preprocessing;
    }
    return target
        .map(Target::fitted)
        .or(encoder::targetPreprocessing)
        .orElseGet(Preprocessing::none);
  }

  @Override
  public void close() {
    samples.close();
    features.close();
    reconstructed.close();
    batches.close();
  }
}
