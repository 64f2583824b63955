package dev.wta.backend.cuda.memory;

import dev.wta.api.backend.Operands;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.backend.cuda.kernel.Launch;

/** A stretch of a {@link CudaStorage}: all of it or, in a view, a part. */
public final class CudaTensor implements Tensor, Launch.Addressed {
  private final CudaStorage storage;
  private final Shape shape;
  private final long offset;
  private final boolean view;

  /**
   * @param offset in elements
   */
  CudaTensor(CudaStorage storage, Shape shape, long offset, boolean view) {
    this.storage = storage;
    this.shape = shape;
    this.offset = offset;
    this.view = view;
  }

  CudaMemory owner() {
    return storage.owner();
  }

  /** Where the elements are on the device. */
  @Override
  public long address() {
    return storage.address() + offset * Float.BYTES;
  }

  public boolean isEmpty() {
    return shape.size() == 0;
  }

  public int rowCount() {
    return shape.rows();
  }

  public int rowSize() {
    return shape.rowSize();
  }

  @Override
  public Shape shape() {
    return shape;
  }

  @Override
  public CudaTensor rows(int from, int count) {
    Operands.rows(this, from, count);
    long start = offset + (long) from * shape.rowSize();
    return new CudaTensor(storage, shape.withRows(count), start, true);
  }

  @Override
  public CudaTensor reshape(Shape other) {
    Operands.reshape(this, other);
    return new CudaTensor(storage, other, offset, true);
  }

  @Override
  public boolean isOpen() {
    return storage.isOpen();
  }

  @Override
  public void close() {
    if (!view) {
      storage.free();
    }
  }
}
