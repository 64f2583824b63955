package dev.wta.models;

import dev.wta.api.Backend;
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

  @Override
  public void close() {
    values.close();
  }
}
