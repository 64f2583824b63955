package dev.wta.backend.nd4j.memory;

import dev.wta.api.backend.Operands;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A stretch of a {@link Nd4jStorage}: all of it or, in a view, a part. */
public final class Nd4jTensor implements Tensor {
  private final Nd4jStorage storage;
  private final Shape shape;
  private final long offset;
  private final boolean view;

  Nd4jTensor(Nd4jStorage storage, Shape shape, long offset, boolean view) {
    this.storage = storage;
    this.shape = shape;
    this.offset = offset;
    this.view = view;
  }

  Nd4jMemory owner() {
    return storage.owner();
  }

  public boolean isEmpty() {
    return shape.size() == 0;
  }

  /** The elements as ND4J sees them, in the tensor's own shape. Not for empty tensors. */
  public INDArray array() {
    return storage.view(offset, Arrays.stream(shape.extents()).asLongStream().toArray());
  }

  /** The elements as {@code (rows, rowSize)}. Not for empty tensors. */
  public INDArray matrix() {
    return storage.view(offset, shape.rows(), shape.rowSize());
  }

  /** The elements in a row. Not for empty tensors. */
  public INDArray vector() {
    return storage.view(offset, shape.size());
  }

  /** The elements in a column. Not for empty tensors. */
  public INDArray column() {
    return column(0, (int) shape.size());
  }

  /** The elements in one row of a matrix. Not for empty tensors. */
  public INDArray row() {
    return storage.view(offset, 1, shape.size());
  }

  /** {@code count} elements from element {@code from}, in a column; at least one. */
  public INDArray column(int from, int count) {
    return storage.view(offset + from, count, 1);
  }

  @Override
  public Shape shape() {
    return shape;
  }

  @Override
  public Nd4jTensor rows(int from, int count) {
    Operands.rows(this, from, count);
    long start = offset + (long) from * shape.rowSize();
    return new Nd4jTensor(storage, shape.withRows(count), start, true);
  }

  @Override
  public Nd4jTensor reshape(Shape other) {
    Operands.reshape(this, other);
    return new Nd4jTensor(storage, other, offset, true);
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
