package dev.wta.backend.cpu.memory;

import dev.wta.api.base.Allocation;
import dev.wta.api.base.StoredTensor;
import dev.wta.api.tensor.Shape;

/** A stretch of a {@code float[]}. */
public final class CpuTensor extends StoredTensor<CpuTensor.Storage, CpuTensor> {

  /** The array behind a tensor and its views. */
  static final class Storage extends Allocation {
    private float[] array;

    Storage(CpuMemory memory, float[] array) {
      super(memory);
      this.array = array;
    }

    float[] array() {
      requireOpen();
      return array;
    }

    @Override
    protected void release() {
      array = null;
    }
  }

  CpuTensor(Storage storage, Shape shape, long start, boolean view) {
    super(storage, shape, start, view);
  }

  @Override
  protected CpuTensor view(Storage storage, Shape shape, long start) {
    return new CpuTensor(storage, shape, start, true);
  }

  /** The array; the tensor's elements begin at {@link #offset}. */
  public float[] array() {
    return storage().array();
  }

  public int offset() {
    return (int) start();
  }

  /** The number of elements. */
  public int length() {
    return (int) shape().size();
  }
}
