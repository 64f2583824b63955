package dev.wta.models;

import dev.wta.api.IntSize;
import dev.wta.api.backend.Backend;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.data.Dataset;
import dev.wta.data.FiniteValues;
import dev.wta.data.preprocessing.Preprocessing;

/**
 * The features of a data set in a backend's memory: what a probe is trained on. The caller closes
 * them.
 *
 * @param values {@code (samples, features)}
 */
public record Features(Backend backend, Tensor values) implements AutoCloseable {
  private static final int SAMPLES_AT_ONCE = 1000;

  /**
   * The samples themselves, scaled by {@link Preprocessing#standard} alone: what learnt features
   * have to beat.
   */
  public static Features ofSamples(Backend backend, Dataset data) {
    Shape sample = data.sampleShape();
    int width = Math.toIntExact(sample.size());
    Preprocessing standard = Preprocessing.standard(data.elementType());
    Tensor values = backend.memory().allocate(Shape.of(data.size(), width));
    try {
      for (int from = 0; from < data.size(); from += SAMPLES_AT_ONCE) {
        int count = Math.min(SAMPLES_AT_ONCE, data.size() - from);
        float[] rows =
            new float[IntSize.of((long) count * width, "features of %d samples".formatted(count))];
        data.read(from, count, rows, 0);
        int first = from;
        FiniteValues.require(data.name(), sample, rows, count, row -> data.sourceRow(first + row));
        standard.apply(rows, count, sample);
        backend.memory().upload(rows, 0, values.rows(from, count));
      }
    } catch (RuntimeException failed) {
      values.close();
      throw failed;
    }
    return new Features(backend, values);
  }

  /** The number of samples. */
  public int samples() {
    return values.shape().rows();
  }

  /** The number of features of each sample. */
  public int width() {
    return values.shape().rowSize();
  }

  /**
   * A copy of the features of some samples, which the caller closes.
   *
   * @param samples which ones, in this order
   */
  public Features subset(int... samples) {
    Tensor copy = backend.memory().allocate(Shape.of(samples.length, width()));
    for (int i = 0; i < samples.length; ) {
      int run = 1; // neighbours are copied at once
      while (i + run < samples.length && samples[i + run] == samples[i] + run) {
        run++;
      }
      backend.memory().copy(values.rows(samples[i], run), copy.rows(i, run));
      i += run;
    }
    return new Features(backend, copy);
  }

  @Override
  public void close() {
    values.close();
  }
}
