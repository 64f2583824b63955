package dev.wta.backend.nd4j.memory;

import dev.wta.api.base.StoredTensor;
import dev.wta.api.tensor.Shape;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A stretch of an array of ND4J. */
public final class Nd4jTensor extends StoredTensor<Nd4jStorage, Nd4jTensor> {
  Nd4jTensor(Nd4jStorage storage, Shape shape, long start, boolean view) {
    super(storage, shape, start, view);
  }

  @Override
  protected Nd4jTensor view(Nd4jStorage storage, Shape shape, long start) {
    return new Nd4jTensor(storage, shape, start, true);
  }

  /** The elements as ND4J sees them, in the tensor's own shape. Not for empty tensors. */
  public INDArray array() {
    return storage().view(start(), Arrays.stream(shape().extents()).asLongStream().toArray());
  }

  /** The elements as {@code (rows, rowSize)}. Not for empty tensors. */
  public INDArray matrix() {
    return storage().view(start(), shape().rows(), shape().rowSize());
  }

  /** The elements in a row. Not for empty tensors. */
  public INDArray vector() {
    return storage().view(start(), shape().size());
  }

  /** The elements in a column. Not for empty tensors. */
  public INDArray column() {
    return column(0, (int) shape().size());
  }

  /** The elements in one row of a matrix. Not for empty tensors. */
  public INDArray row() {
    return storage().view(start(), 1, shape().size());
  }

  /** {@code count} elements from element {@code from}, in a column; at least one. */
  public INDArray column(int from, int count) {
    return storage().view(start() + from, count, 1);
  }
}
