package dev.wta.api.base;

import dev.wta.api.op.Memory;
import dev.wta.api.tensor.Tensor;
import dev.wta.api.tensor.Winners;

/**
 * A memory that distinguishes its own tensors and winners from those of other backends.
 *
 * @param <T> its tensors
 * @param <W> its winners
 */
public abstract class OwningMemory<T extends StoredTensor<?, T>, W extends StoredWinners>
    implements Memory, AutoCloseable {
  private final Class<T> tensors;
  private final Class<W> winners;
  private boolean open = true;

  protected OwningMemory(Class<T> tensors, Class<W> winners) {
    this.tensors = tensors;
    this.winners = winners;
  }

  /**
   * The tensor as one of this memory's own.
   *
   * @throws IllegalArgumentException if it is another's
   */
  public final T own(Tensor tensor) {
    if (tensors.isInstance(tensor)) {
      T mine = tensors.cast(tensor);
      if (mine.storage().owner().equals(this)) {
        return mine;
      }
    }
    throw new IllegalArgumentException(
        "the tensor (%s) belongs to another backend".formatted(tensor.shape()));
  }

  /**
   * The winners as some of this memory's own.
   *
   * @throws IllegalArgumentException if they are another's
   */
  public final W own(Winners some) {
    if (winners.isInstance(some)) {
      W mine = winners.cast(some);
      if (mine.owner().equals(this)) {
        return mine;
      }
    }
    throw new IllegalArgumentException(
        "the winners of %s belong to another backend".formatted(some.code()));
  }

  final boolean isOpen() {
    return open;
  }

  /**
   * Checks that memory may be allocated.
   *
   * @throws IllegalStateException if the memory is closed
   */
  protected final void requireOpen() {
    if (!open) {
      throw new IllegalStateException("the backend is closed");
    }
  }

  /** Closes every tensor and all winners that are still open. */
  @Override
  public void close() {
    open = false;
  }
}
