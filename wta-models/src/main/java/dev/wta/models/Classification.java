package dev.wta.models;

import dev.wta.api.IntSize;
import dev.wta.api.op.Memory;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.data.Batch;
import dev.wta.data.Batches;
import dev.wta.data.Dataset;
import dev.wta.data.preprocessing.Preprocessing;
import java.util.Arrays;

/**
 * A classifier at work on a data set, again and again while it is being trained: what that needs is
 * allocated once.
 */
public final class Classification implements AutoCloseable {

  /** Hears of each batch, in the data's order. */
  @FunctionalInterface
  public interface Listener {
    /**
     * A batch was classified.
     *
     * @param scores {@code (count, classes)}, in an array that may be longer and is used again
     * @param predicted the class of each sample
     */
    void classified(float[] scores, int[] predicted);
  }

  private final Classifier model;
  private final Dataset data;
  private final Tensor room;
  private final Tensor scores;
  private final float[] onHost;
  private final Batch batch;

  /**
   * Makes room.
   *
   * @param data its samples are classified; stays the caller's to close
   * @throws dev.wta.api.WtaException if the samples' shape is not the model's
   */
  public Classification(Classifier model, Dataset data) {
    model.requireShape(data);
    this.model = model;
    this.data = data;
    int capacity = Math.min(model.encodingBatch(), data.size());
    Memory memory = model.backend().memory();
    room = memory.allocate(model.sampleShape().batch(capacity));
    scores = memory.allocate(Shape.of(capacity, model.classes()));
    onHost = new float[IntSize.of(scores.size(), "scores of shape", scores.shape())];
    batch = new Batch(capacity, data.sampleShape());
  }

  /**
   * The class of each sample as the model has it now, of equal scores the lower one.
   *
   * @throws dev.wta.api.WtaException if a sample holds a number that is not finite
   */
  public int[] run() {
    return run((scores, classes) -> {});
  }

  /** As {@link #run()}, and tells {@code listener} of each batch. */
  public int[] run(Listener listener) {
    Preprocessing fitted =
        model.preprocessing().orElseGet(() -> Preprocessing.standard(data.elementType()));
    Memory memory = model.backend().memory();
    int[] predicted = new int[data.size()];
    int done = 0;
    try (Batches batches = Batches.inOrder(data, batch.capacity())) {
      while (batches.next(batch)) {
        batch.requireFinite(data);
        fitted.apply(batch.values(), batch.count(), model.sampleShape());
        Tensor x = room.rows(0, batch.count());
        Tensor ofBatch = scores.rows(0, batch.count());
        try (var _ = model.backend().hold()) {
          memory.upload(batch.values(), 0, x);
          model.score(x, ofBatch);
          memory.download(ofBatch, onHost, 0);
        }
        for (int i = 0; i < batch.count(); i++) {
          predicted[done + i] = highest(i * model.classes());
        }
        listener.classified(onHost, Arrays.copyOfRange(predicted, done, done + batch.count()));
        done += batch.count();
      }
    }
    return predicted;
  }

  private int highest(int from) {
    int best = 0;
    for (int k = 1; k < model.classes(); k++) {
      if (onHost[from + k] > onHost[from + best]) {
        best = k;
      }
    }
    return best;
  }

  /** The part of labelled samples that the model, as it is now, tells wrong. */
  public double error() {
    return error(run(), data.labels());
  }

  /** The part of samples that are told wrong. */
  public static double error(int[] predicted, int[] labels) {
    int wrong = 0;
    for (int i = 0; i < labels.length; i++) {
      wrong += predicted[i] == labels[i] ? 0 : 1;
    }
    return wrong / (double) labels.length;
  }

  @Override
  public void close() {
    room.close();
    scores.close();
  }
}
