package dev.wta.backend.nd4j;

import dev.wta.api.backend.Backend;
import dev.wta.api.backend.BackendOptions;
import dev.wta.api.op.Convolution;
import dev.wta.api.op.Dense;
import dev.wta.api.op.Memory;
import dev.wta.api.op.Randomness;
import dev.wta.api.op.Selection;
import dev.wta.api.op.Sparse;
import dev.wta.api.op.Update;
import dev.wta.backend.nd4j.memory.Nd4jMemory;

/** The SPI on ND4J: seven groups of operations over one {@link Nd4jMemory}. */
final class Nd4jBackend implements Backend {
  private final Nd4jMemory memory = new Nd4jMemory();
  private final Dense dense = new Nd4jDense(memory);
  private final Convolution convolution = new Nd4jConvolution(memory);
  private final Selection selection = new Nd4jSelection(memory, dense, convolution);
  private final Sparse sparse = new Nd4jSparse(memory);
  private final Update update = new Nd4jUpdate(memory);
  private final Randomness randomness = new Nd4jRandomness(memory);

  Nd4jBackend(BackendOptions options) {
    NativeThreads.use(options.threads());
  }

  @Override
  public String name() {
    return Nd4jBackendProvider.NAME;
  }

  @Override
  public String device() {
    return NativeThreads.describe();
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
  public Selection selection() {
    return selection;
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
