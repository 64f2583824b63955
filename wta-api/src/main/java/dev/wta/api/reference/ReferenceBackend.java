package dev.wta.api.reference;

import dev.wta.api.Backend;
import dev.wta.api.Competition;
import dev.wta.api.Convolution;
import dev.wta.api.Dense;
import dev.wta.api.Memory;
import dev.wta.api.Randomness;
import dev.wta.api.Sparse;
import dev.wta.api.Update;

/** The seven groups of operations over one {@link HostMemory}. */
final class ReferenceBackend implements Backend {
  private final HostMemory memory = new HostMemory();
  private final Dense dense = new ScalarDense(memory);
  private final Convolution convolution = new ScalarConvolution(memory);
  private final Competition competition = new ScalarCompetition(memory, dense, convolution);
  private final Sparse sparse = new ScalarSparse(memory);
  private final Update update = new ScalarUpdate(memory);
  private final Randomness randomness = new ScalarRandomness(memory);

  @Override
  public String name() {
    return ReferenceProvider.NAME;
  }

  @Override
  public String device() {
    return ReferenceProvider.DEVICE;
  }

  @Override
  public Memory memory() {
    return memory;
  }

  @Override
  public Dense dense() {
    return dense;
  }

  @Override
  public Convolution convolution() {
    return convolution;
  }

  @Override
  public Competition competition() {
    return competition;
  }

  @Override
  public Sparse sparse() {
    return sparse;
  }

  @Override
  public Update update() {
    return update;
  }

  @Override
  public Randomness randomness() {
    return randomness;
  }

  @Override
  public void close() {
    memory.close();
  }
}
