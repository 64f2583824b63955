package dev.wta.models.training.samples;

import dev.wta.api.IntSize;
import dev.wta.api.WtaException;
import dev.wta.api.tensor.Shape;
import dev.wta.data.Dataset;
import dev.wta.data.MemoryDataset;

/** A data set from an array of one sample per row. */
public final class SampleRows {
  private SampleRows() {}

  /**
   * A data set of them, copied.
   *
   * @param rows {@code (samples)(numbers of a sample)}, row-major
   * @param sample the shape of one sample
   * @throws WtaException if there is none, one is null, or one is of another length
   */
  public static Dataset of(float[][] rows, Shape sample) {
    if (rows.length == 0) {
      throw new WtaException("there are no samples to train on", "give one or more");
    }
    return of(rows, sample, 0);
  }

  /** The same of at least one row; {@code before} is how many came earlier, for messages. */
  static Dataset of(float[][] rows, Shape sample, long before) {
    return MemoryDataset.of("samples", sample, flat(rows, sample, before));
  }

  /** One row after the other; {@code before} is how many came earlier, for messages. */
  private static float[] flat(float[][] rows, Shape sample, long before) {
    int width = Math.toIntExact(sample.size());
    float[] flat = new float[IntSize.of((long) rows.length * width, "numbers of the samples")];
    for (int i = 0; i < rows.length; i++) {
      if (rows[i] == null) {
        throw new WtaException(
            "sample %,d is null".formatted(before + i),
            "give %,d numbers, or leave it out".formatted(width));
      }
      if (rows[i].length != width) {
        throw new WtaException(
            "sample %,d has %,d numbers, and the model takes %,d"
                .formatted(before + i, rows[i].length, width),
            "give all numbers of shape %s, row by row".formatted(sample));
      }
      System.arraycopy(rows[i], 0, flat, i * width, width);
    }
    return flat;
  }
}
