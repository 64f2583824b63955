package dev.wta.backend.cuda.memory;

import dev.wta.api.base.Allocation;
import dev.wta.backend.cuda.device.DevicePool;

/** The device memory behind a tensor and its views, or behind winners. */
final class CudaStorage extends Allocation {
  private final CudaMemory memory;
  private final DevicePool.Block block;

  CudaStorage(CudaMemory memory, DevicePool.Block block) {
    super(memory);
    this.memory = memory;
    this.block = block;
  }

  long address() {
    requireOpen();
    return block.address();
  }

  @Override
  protected void release() {
    memory.forget(this, block);
  }
}
