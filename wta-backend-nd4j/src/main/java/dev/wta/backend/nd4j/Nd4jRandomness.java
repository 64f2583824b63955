package dev.wta.backend.nd4j;

import dev.wta.api.op.Randomness;
import dev.wta.api.random.Philox;
import dev.wta.api.tensor.Tensor;
import dev.wta.backend.nd4j.memory.Nd4jMemory;
import dev.wta.backend.nd4j.memory.Nd4jTensor;

/** Random numbers, drawn on the host four at a time, since Philox makes four. */
final class Nd4jRandomness implements Randomness {
  private static final int BLOCK = 4;

  private final Nd4jMemory memory;

  Nd4jRandomness(Nd4jMemory memory) {
    this.memory = memory;
  }

  @Override
  public void uniform(Philox stream, Tensor out) {
    Nd4jTensor to = memory.own(out);
    Nd4jMemory.store(uniform(stream, (int) to.size()), to);
  }

  @Override
  public void normal(Philox stream, float mean, float deviation, Tensor out) {
    Nd4jTensor to = memory.own(out);
    int[] bits = bits(stream, (int) to.size());
    float[] draws = new float[(int) to.size()];
    for (int i = 0; i < draws.length; i++) {
      int pair = i & ~1;
      float standard = Philox.toNormal(bits[pair], bits[pair + 1], (i & 1) == 1);
      draws[i] = (float) (mean + (double) deviation * standard);
    }
    Nd4jMemory.store(draws, to);
  }

  @Override
  public void bernoulli(Philox stream, Tensor probabilities, Tensor out) {
    Nd4jTensor to = memory.own(out);
    float[] chances = Nd4jMemory.host(memory.own(probabilities));
    float[] draws = uniform(stream, chances.length);
    for (int i = 0; i < draws.length; i++) {
      draws[i] = draws[i] < chances[i] ? 1 : 0;
    }
    Nd4jMemory.store(draws, to);
  }

  private static float[] uniform(Philox stream, int count) {
    int[] bits = bits(stream, count);
    float[] draws = new float[count];
    for (int i = 0; i < count; i++) {
      draws[i] = Philox.toUniform(bits[i]);
    }
    return draws;
  }

  /** The bits of the stream's first elements, in whole blocks. */
  private static int[] bits(Philox stream, int count) {
    int blocks = Math.ceilDiv(count, BLOCK);
    int[] bits = new int[blocks * BLOCK];
    for (int block = 0; block < blocks; block++) {
      stream.block(block, bits, block * BLOCK);
    }
    return bits;
  }
}
