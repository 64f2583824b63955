package dev.wta.backend.cpu.memory;

import dev.wta.api.backend.Operands;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;

/**
 * A stretch of a {@code float[]}. Views share the array, and the flag that says whether it is still
 * open.
 */
public final class CpuTensor implements Tensor {

  /** The array behind a tensor and its views. */
  static final class Storage {
    final CpuMemory memory;
    private float[] array;

    Storage(CpuMemory memory, float[] array) {
      this.memory = memory;
      this.array = array;
    }

    boolean isOpen() {
      return array != null && memory.isOpen();
    }

    void close() {
      array = null;
    }
  }

  private final Storage storage;
  private final Shape shape;
  private final int offset;
  private final boolean owner;

  CpuTensor(Storage storage, Shape shape, int offset, boolean owner) {
    this.storage = storage;
    this.shape = shape;
    this.offset = offset;
    this.owner = owner;
  }

  CpuMemory memory() {
    return storage.memory;
  }

  /** The array; the tensor's elements begin at {@link #offset}. */
  public float[] array() {
    if (!storage.isOpen()) {
      throw new IllegalStateException("the tensor (%s) is closed".formatted(shape));
    }
    return storage.array;
  }

  public int offset() {
    return offset;
  }

  /** The number of elements. */
  public int length() {
    return (int) shape.size();
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
  public CpuTensor rows(int from, int count) {
    Operands.rows(this, from, count);
    return new CpuTensor(storage, shape.withRows(count), offset + from * shape.rowSize(), false);
  }

  @Override
  public CpuTensor reshape(Shape other) {
    Operands.reshape(this, other);
    return new CpuTensor(storage, other, offset, false);
  }

  @Override
  public boolean isOpen() {
    return storage.isOpen();
  }

  @Override
  public void close() {
    if (owner) {
      storage.close();
    }
  }

  @Override
  public String toString() {
    return "CpuTensor(%s%s)".formatted(shape, isOpen() ? "" : ", closed");
  }
}
