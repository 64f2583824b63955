package dev.wta.backend.cuda.memory;

import dev.wta.backend.cuda.device.DevicePool;

/** The device memory behind a tensor and its views, or behind winners, until its owner frees it. */
final class CudaStorage {
  private final CudaMemory owner;
  private final DevicePool.Block block;
  private boolean open = true;

  CudaStorage(CudaMemory owner, DevicePool.Block block) {
    this.owner = owner;
    this.block = block;
  }

  CudaMemory owner() {
    return owner;
  }

  boolean isOpen() {
    return open;
  }

  long address() {
    if (!open) {
      throw new IllegalStateException("the tensor is closed");
    }
    return block.address();
  }

  void free() {
    if (open) {
      open = false;
      owner.forget(this, block);
    }
  }
}
