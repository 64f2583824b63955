package dev.wta.data;

import dev.wta.api.IntSize;
import dev.wta.api.WtaException;
import dev.wta.api.tensor.Shape;

/** Room for one batch of samples, filled again and again by {@link Batches#next}. */
public final class Batch {
  private final int capacity;
  private final float[] values;
  private final int[] labels;
  private final int[] rows;
  private boolean labelled;
  private int count;

  /** Room for {@code capacity} samples of shape {@code sample}. */
  public Batch(int capacity, Shape sample) {
    if (capacity < 1) {
      throw new IllegalArgumentException("a batch holds at least one sample, not " + capacity);
    }
    this.capacity = capacity;
    this.values =
        new float
            [IntSize.of(
                sample.batch(capacity).size(), "numbers of a batch " + sample.batch(capacity))];
    this.labels = new int[capacity];
    this.rows = new int[capacity];
  }

  /** How many samples the batch holds; the last one of an epoch may be short. */
  public int count() {
    return count;
  }

  /** The most samples that fit. */
  public int capacity() {
    return capacity;
  }

  /**
   * The samples, row-major, {@code (capacity, sample)}: the first {@link #count} are this batch's.
   */
  public float[] values() {
    return values;
  }

  /** The rows of the data set that the samples come from, {@code (capacity)}. */
  public int[] rows() {
    return rows;
  }

  /**
   * The samples' classes, {@code (capacity)}.
   *
   * @throws IllegalStateException if they were not asked for with {@link Batches#withLabels}
   */
  public int[] labels() {
    if (!labelled) {
      throw new IllegalStateException(
          "these batches carry no labels: ask for them with Batches.withLabels()");
    }
    return labels;
  }

  /**
   * Checks samples as the data set has them.
   *
   * @throws WtaException that names the first row with a number that is NaN or infinite
   */
  public void requireFinite(Dataset data) {
    int width = values.length / capacity;
    for (int i = 0; i < count; i++) {
      float sum = 0;
      for (int j = i * width; j < (i + 1) * width; j++) {
        sum += values[j] * 0; // NaN where a value is NaN or infinite
      }
      if (Float.isNaN(sum)) {
        throw new WtaException(
            "%s holds a value that is not a finite number in row %d"
                .formatted(data.sourceName(rows[i]), data.sourceRow(rows[i])),
            "repair or leave out that row");
      }
    }
  }

  /** Fills in the samples that other data has in the rows of {@code batch}. */
  public void readLike(Batch batch, Dataset data) {
    System.arraycopy(batch.rows, 0, rows, 0, batch.count);
    data.readRows(rows, batch.count, values);
    hold(batch.count, false);
  }

  /**
   * The batch holds so many samples from now on, without labels: the first of {@link #values} and
   * {@link #rows}, which the reader has filled.
   *
   * @throws IllegalArgumentException if it has no room for as many
   */
  public void holds(int samples) {
    if (samples < 0 || samples > capacity) {
      throw new IllegalArgumentException(
          "%d samples in a batch of %d".formatted(samples, capacity));
    }
    hold(samples, false);
  }

  void hold(int count, boolean labelled) {
    this.count = count;
    this.labelled = labelled;
  }
}
