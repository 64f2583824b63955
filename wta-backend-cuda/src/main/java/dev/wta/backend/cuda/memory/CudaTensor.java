package dev.wta.backend.cuda.memory;

import dev.wta.api.base.StoredTensor;
import dev.wta.api.tensor.Shape;
import dev.wta.backend.cuda.kernel.Launch;

/** A stretch of device memory, in elements of it. */
public final class CudaTensor extends StoredTensor<CudaStorage, CudaTensor>
    implements Launch.Addressed {
  CudaTensor(CudaStorage storage, Shape shape, long start, boolean view) {
    super(storage, shape, start, view);
  }

  @Override
  protected CudaTensor view(CudaStorage storage, Shape shape, long start) {
    return new CudaTensor(storage, shape, start, true);
  }

  /** Where the elements are on the device. */
  @Override
  public long address() {
    return storage().address() + start() * Float.BYTES;
  }
}
