package dev.wta.backend.nd4j.memory;

import dev.wta.api.base.Allocation;
import java.util.function.Consumer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The array behind a tensor and its views, until its owner frees it. */
final class Nd4jStorage extends Allocation {
  private final Consumer<Nd4jStorage> whenFreed;
  private final INDArray array;

  /** Zeros. */
  Nd4jStorage(Nd4jMemory owner, long size, Consumer<Nd4jStorage> whenFreed) {
    super(owner);
    this.whenFreed = whenFreed;
    // ND4J's empty arrays have no memory to look into, so there is always at least one element.
    this.array = Nd4j.create(DataType.FLOAT, new long[] {Math.max(1, size)}, 'c');
  }

  /** The elements from {@code offset} as a row-major array of that shape. */
  INDArray view(long offset, long... shape) {
    long[] strides = new long[shape.length];
    long stride = 1;
    for (int axis = shape.length - 1; axis >= 0; axis--) {
      strides[axis] = stride;
      stride *= shape[axis];
    }
    return view(offset, shape, strides);
  }

  INDArray view(long offset, long[] shape, long[] strides) {
    requireOpen();
    return Nd4j.create(array.data(), shape, strides, offset, 'c');
  }

  @Override
  protected void release() {
    whenFreed.accept(this);
    array.close();
  }
}
