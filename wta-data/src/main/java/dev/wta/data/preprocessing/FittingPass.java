package dev.wta.data.preprocessing;

import dev.wta.api.ProgressListener;
import dev.wta.api.tensor.Shape;
import dev.wta.data.Batch;
import dev.wta.data.Batches;
import dev.wta.data.Dataset;

/** One pass over a data set as a step of pre-processing finds it: after the steps before. */
final class FittingPass {
  private static final int BATCH = 1024;
  private static final int BATCH_VALUES = 1 << 22;

  private FittingPass() {}

  /** Takes in samples. */
  @FunctionalInterface
  interface Sink {
    /**
     * @param samples {@code (count, sample)}; what is behind them has no meaning
     */
    void add(float[] samples, int count);
  }

  /**
   * Shows all samples to {@code sink}, in order.
   *
   * @throws dev.wta.api.WtaException that names the first row with a number that is not finite
   */
  static void over(
      Dataset data, Preprocessing before, String stage, ProgressListener listener, Sink sink) {
    Shape sample = data.sampleShape();
    int most = Math.clamp(BATCH_VALUES / sample.size(), 1, BATCH);
    try (Batches batches = Batches.inOrder(data, Math.min(most, data.size()))) {
      Batch batch = batches.newBatch();
      while (batches.next(batch)) {
        batch.requireFinite(data);
        before.apply(batch.values(), batch.count(), sample);
        sink.add(batch.values(), batch.count());
        listener.progressed(stage, data.size() - batches.remaining(), data.size());
      }
    }
  }
}
