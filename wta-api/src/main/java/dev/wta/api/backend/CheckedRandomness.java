package dev.wta.api.backend;

import dev.wta.api.op.Randomness;
import dev.wta.api.random.Philox;
import dev.wta.api.tensor.Tensor;

/** The random numbers of a backend, checked. */
record CheckedRandomness(Randomness randomness, OneThread thread) implements Randomness {
  @Override
  public void uniform(Philox stream, Tensor out) {
    try (var _ = thread.hold()) {
      Operand.open("uniform", "out", out);
      randomness.uniform(stream, out);
    }
  }

  @Override
  public void normal(Philox stream, float mean, float deviation, Tensor out) {
    try (var _ = thread.hold()) {
      Operand.open("normal", "out", out);
      randomness.normal(stream, mean, deviation, out);
    }
  }

  @Override
  public void bernoulli(Philox stream, Tensor probabilities, Tensor out) {
    try (var _ = thread.hold()) {
      Operand.open("bernoulli", "out", out)
          .like(Operand.open("bernoulli", "probabilities", probabilities));
      randomness.bernoulli(stream, probabilities, out);
    }
  }
}
