package dev.wta.api.base;

import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Winners;

/** Winners whose memory is an {@link Allocation} of their own. */
public abstract class StoredWinners implements Winners {
  private final Allocation storage;
  private final Shape code;
  private final int capacity;

  protected StoredWinners(Allocation storage, Shape code, int capacity) {
    this.storage = storage;
    this.code = code;
    this.capacity = capacity;
  }

  final OwningMemory<?, ?> owner() {
    return storage.owner();
  }

  @Override
  public final Shape code() {
    return code;
  }

  @Override
  public final int capacity() {
    return capacity;
  }

  @Override
  public final boolean isOpen() {
    return storage.isOpen();
  }

  @Override
  public final void close() {
    storage.free();
  }
}
