package dev.wta.models;

import dev.wta.api.WtaException;
import dev.wta.api.tensor.Shape;
import dev.wta.data.preprocessing.Preprocessing;
import dev.wta.models.autodiff.Parameter;

/**
 * The forward passes of an {@link Encoder}: samples are pre-processed before a pass, and
 * reconstructions are brought back to the unit of the samples after it. Samples, codes and
 * reconstructions are flat arrays, one row after the other; an array may be longer than its rows.
 */
final class EncoderPasses implements AutoCloseable {
  /** The multiply-adds from which on a pass uses several threads. */
  private static final long LARGE = 1L << 22;

  private final FeatureExtractor model;
  private final EncoderLanes lanes;
  private final Preprocessing preprocessing;
  private final Preprocessing outputPreprocessing;
  private final int inputs;
  private final int features;
  private final long work; // approximate multiply-adds per sample

  /** Passes of a model whose parameters no longer change. */
  EncoderPasses(FeatureExtractor model, int inputs) {
    this.model = model;
    this.inputs = inputs;
    lanes = new EncoderLanes(model.backend());
    preprocessing = model.preprocessing().orElseGet(Preprocessing::none);
    outputPreprocessing = model.reconstructionPreprocessing().orElseGet(Preprocessing::none);
    features = model.features();
    long weights = 0;
    for (Parameter parameter : model.parameters()) {
      weights += parameter.value().shape().size();
    }
    work = Math.max(weights, model.activations());
  }

  /**
   * Encodes.
   *
   * @param samples {@code (count, inputs)}, not modified
   * @param codes {@code (count, features)}, overwritten
   */
  void encode(float[] samples, int count, float[] codes) {
    preprocessed(samples, count, (tape, x) -> model.encode(tape, model.input(tape, x)), codes);
  }

  /**
   * Reconstructs.
   *
   * @param samples {@code (count, inputs)}, not modified
   * @param reconstructions {@code (count, outputs)}, overwritten
   * @throws WtaException if the model is a stack
   */
  void reconstruct(float[] samples, int count, float[] reconstructions) {
    Model single = single("reconstruction");
    preprocessed(
        samples,
        count,
        (tape, x) -> single.reconstruct(tape, single.input(tape, x)).reconstruction(),
        reconstructions);
    undoPreprocessing(reconstructions, count);
  }

  /**
   * Decodes.
   *
   * @param codes {@code (count, features)}
   * @param reconstructions {@code (count, outputs)}, overwritten
   * @throws WtaException if the model is a stack, or its features are pooled
   */
  void decode(float[] codes, int count, float[] reconstructions) {
    Model single = single("decoder");
    Shape shape = model.featureShape().batch(count);
    lanes.run(
        large(count),
        lane ->
            lane.run(
                codes,
                count,
                features,
                (tape, x) -> single.decode(tape, tape.constant(x.reshape(shape))),
                reconstructions,
                0));
    undoPreprocessing(reconstructions, count);
  }

  private void preprocessed(
      float[] samples, int count, EncoderLanes.Lane.Pass pass, float[] output) {
    lanes.run(
        large(count),
        lane -> {
          float[] copy = lane.host(count * inputs);
          System.arraycopy(samples, 0, copy, 0, count * inputs);
          preprocessing.apply(copy, count, model.sampleShape());
          lane.run(copy, count, inputs, pass, output, 0);
        });
  }

  private void undoPreprocessing(float[] reconstructions, int count) {
    if (outputPreprocessing.irreversible().isEmpty()) {
      outputPreprocessing.invert(reconstructions, count, model.reconstructionShape());
    }
  }

  private boolean large(int count) {
    return count > 1 && count * work >= LARGE;
  }

  private Model single(String lacking) {
    if (model instanceof Model single) {
      return single;
    }
    throw new WtaException(
        "%s has no %s: features between its layers are pooled".formatted(model.family(), lacking),
        "use the encoder of one of its layers' runs");
  }

  /** Waits for running passes. Later ones throw {@link IllegalStateException}. */
  @Override
  public void close() {
    lanes.close();
  }
}
