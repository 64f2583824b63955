package dev.wta.models;

import dev.wta.api.Backend;
import dev.wta.api.Shape;
import dev.wta.api.Tensor;

/**
 * The features of a data set in a backend's memory: what a probe is trained on. The caller closes
 * them.
 *
 * @param values {@code (samples, features)}
 */
public record Features(Backend backend, Tensor values) implements AutoCloseable {

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
