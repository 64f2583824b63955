package dev.wta.data;

import dev.wta.api.WtaException;
import dev.wta.api.random.Seed;

/**
 * One epoch's samples, batch by batch. The order depends on the number of samples, the seed, the
 * epoch and the shuffle buffer alone, so a run that resumes at a position reads the same batches as
 * one that never stopped. Nothing is allocated after the first batch.
 *
 * <pre>{@code
 * Batches batches = Batches.shuffled(data, 100, seed, epoch, Batches.DEFAULT_SHUFFLE_BUFFER);
 * Batch batch = batches.newBatch();
 * while (batches.next(batch)) {
 *   step(batch.values(), batch.count());
 * }
 * }</pre>
 */
public final class Batches implements BatchSource, AutoCloseable {
  /**
   * Rows of the shuffle buffer where nothing else is asked for. A data set up to this size, such as
   * MNIST's 60,000, is permuted as a whole; of a larger one, each sample is taken at random from
   * this many.
   */
  public static final int DEFAULT_SHUFFLE_BUFFER = 1 << 16;

  private final Dataset data;
  private final int batchSize;
  private final SampleOrder order;
  private final int width;
  private int[] labels;

  private Batches(Dataset data, int batchSize, SampleOrder order) {
    if (batchSize < 1) {
      throw new IllegalArgumentException("a batch holds at least one sample, not " + batchSize);
    }
    this.data = data;
    this.batchSize = batchSize;
    this.order = order;
    this.width = Math.toIntExact(data.sampleShape().size());
  }

  /**
   * Each sample once, in an order that is new for each epoch.
   *
   * @param shuffleBuffer the number of rows from which each sample is taken at random; with the
   *     data set's size or more, every order is equally likely
   */
  public static Batches shuffled(
      Dataset data, int batchSize, Seed seed, int epoch, int shuffleBuffer) {
    return new Batches(data, batchSize, new ShuffledOrder(data.size(), seed, epoch, shuffleBuffer));
  }

  /** Each sample once, in the order of the data set. */
  public static Batches inOrder(Dataset data, int batchSize) {
    return new Batches(data, batchSize, new SequentialOrder(data.size()));
  }

  /**
   * Fills in the samples' labels, too.
   *
   * @throws WtaException if the data set has none
   */
  public Batches withLabels() {
    labels = data.labels();
    return this;
  }

  /** Room for a batch of this size. */
  public Batch newBatch() {
    return new Batch(batchSize, data.sampleShape());
  }

  /** How many samples are still to come. */
  public int remaining() {
    return order.remaining();
  }

  @Override
  public boolean more() {
    return remaining() > 0;
  }

  /**
   * Passes over samples without reading them.
   *
   * @throws IllegalArgumentException if fewer are left
   */
  public void skip(int samples) {
    if (samples < 0 || samples > remaining()) {
      throw new IllegalArgumentException(
          "cannot skip %d samples of the %d left".formatted(samples, remaining()));
    }
    for (int i = 0; i < samples; i++) {
      order.next();
    }
  }

  /**
   * Reads the next batch; the epoch's last may be short.
   *
   * @return whether there was one
   */
  @Override
  public boolean next(Batch batch) {
    int count = Math.min(batchSize, remaining());
    if (batch.capacity() < count || batch.values().length < count * width) {
      throw new IllegalArgumentException(
          "a batch of %d values has no room for %d samples of shape %s"
              .formatted(batch.values().length, count, data.sampleShape()));
    }
    int[] rows = batch.rows();
    for (int i = 0; i < count; i++) {
      rows[i] = order.next();
    }
    data.readRows(rows, count, batch.values());
    batch.hold(count, labels != null);
    if (labels != null) {
      for (int i = 0; i < count; i++) {
        batch.labels()[i] = labels[rows[i]];
      }
    }
    return count > 0;
  }

  /** Does nothing: the data set belongs to the caller. */
  @Override
  public void close() {}
}
