package dev.wta.api.base;

/** Memory allocated by a backend: behind a tensor and its views, or behind winners. */
public abstract class Allocation {
  private final OwningMemory<?, ?> owner;
  private boolean freed;

  protected Allocation(OwningMemory<?, ?> owner) {
    this.owner = owner;
  }

  final OwningMemory<?, ?> owner() {
    return owner;
  }

  /** Whether this has not been freed and its owner is open. */
  public final boolean isOpen() {
    return !freed && owner.isOpen();
  }

  /**
   * Checks that the memory may be accessed.
   *
   * @throws IllegalStateException if it is not open
   */
  protected final void requireOpen() {
    if (!isOpen()) {
      throw new IllegalStateException("the tensor is closed");
    }
  }

  /** Gives the memory back; doing so again does nothing. */
  public final void free() {
    if (!freed) {
      freed = true;
      release();
    }
  }

  /** Gives the memory back. Called once. */
  protected abstract void release();
}
