package dev.wta.api.reference;

import dev.wta.api.op.Randomness;
import dev.wta.api.random.Philox;
import dev.wta.api.tensor.Tensor;

/** Random numbers, one element of the stream at a time. */
final class ReferenceRandomness implements Randomness {
  private final ReferenceMemory memory;

  ReferenceRandomness(ReferenceMemory memory) {
    this.memory = memory;
  }

  @Override
  public void uniform(Philox stream, Tensor out) {
    ReferenceTensor to = memory.own(out);
    for (int i = 0; i < to.count(); i++) {
      to.set(i, stream.uniform(i));
    }
  }

  @Override
  public void normal(Philox stream, float mean, float deviation, Tensor out) {
    ReferenceTensor to = memory.own(out);
    for (int i = 0; i < to.count(); i++) {
      to.set(i, (float) (mean + (double) deviation * stream.normal(i)));
    }
  }

  @Override
  public void bernoulli(Philox stream, Tensor probabilities, Tensor out) {
    ReferenceTensor chances = memory.own(probabilities);
    ReferenceTensor to = memory.own(out);
    for (int i = 0; i < to.count(); i++) {
      to.set(i, stream.uniform(i) < chances.get(i) ? 1 : 0);
    }
  }
}
