package dev.wta.api.reference;

import dev.wta.api.backend.Backend;
import dev.wta.api.op.Convolution;
import dev.wta.api.op.Dense;
import dev.wta.api.op.Memory;
import dev.wta.api.op.Randomness;
import dev.wta.api.op.Selection;
import dev.wta.api.op.Sparse;
import dev.wta.api.op.Update;

/** The seven groups of operations over one {@link ReferenceMemory}. */
final class ReferenceBackend implements Backend {
  private final ReferenceMemory memory = new ReferenceMemory();
  private final Dense dense = new ReferenceDense(memory);
  private final Convolution convolution = new ReferenceConvolution(memory);
  private final Selection selection = new ReferenceSelection(memory, dense, convolution);
  private final Sparse sparse = new ReferenceSparse(memory);
  private final Update update = new ReferenceUpdate(memory);
  private final Randomness randomness = new ReferenceRandomness(memory);

  @Override
  public String name() {
    return ReferenceBackendProvider.NAME;
  }

  @Override
  public String device() {
    return ReferenceBackendProvider.DEVICE;
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
