package dev.wta.api.op;

import dev.wta.api.random.Philox;
import dev.wta.api.tensor.Tensor;

/**
 * Counter-based random numbers: element {@code i} depends on the stream and {@code i} alone, so the
 * same stream gives the same numbers on every backend and any number of threads. {@link Philox}
 * defines them.
 */
public interface Randomness {

  /** Uniform on [0, 1): bit for bit {@link Philox#uniform}. */
  void uniform(Philox stream, Tensor out);

  /** Normal: {@code mean + deviation * } {@link Philox#normal}, to float32 rounding. */
  void normal(Philox stream, float mean, float deviation, Tensor out);

  /** {@code out[i] = 1} where {@link Philox#uniform} {@code (i) < probabilities[i]}, else 0. */
  void bernoulli(Philox stream, Tensor probabilities, Tensor out);
}
