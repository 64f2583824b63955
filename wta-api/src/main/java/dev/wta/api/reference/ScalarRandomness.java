package dev.wta.api.reference;

import dev.wta.api.Operands;
import dev.wta.api.Philox;
import dev.wta.api.Randomness;
import dev.wta.api.Tensor;

/** Random numbers, one element of the stream at a time. */
final class ScalarRandomness implements Randomness {
  private final HostMemory memory;

  ScalarRandomness(HostMemory memory) {
    this.memory = memory;
  }

  @Override
  public void uniform(Philox stream, Tensor out) {
    Operands.random("uniform", out);
    HostTensor to = memory.mine(out);
    for (int i = 0; i < to.count(); i++) {
      to.set(i, stream.uniform(i));
    }
  }

  @Override
  public void normal(Philox stream, float mean, float deviation, Tensor out) {
    Operands.random("normal", out);
    HostTensor to = memory.mine(out);
    for (int i = 0; i < to.count(); i++) {
      to.set(i, (float) (mean + (double) deviation * stream.normal(i)));
    }
  }

  @Override
  public void bernoulli(Philox stream, Tensor probabilities, Tensor out) {
    Operands.bernoulli(probabilities, out);
    HostTensor chances = memory.mine(probabilities);
    HostTensor to = memory.mine(out);
    for (int i = 0; i < to.count(); i++) {
      to.set(i, stream.uniform(i) < chances.get(i) ? 1 : 0);
    }
  }
}
