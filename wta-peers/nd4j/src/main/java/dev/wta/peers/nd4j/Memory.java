package dev.wta.peers.nd4j;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The row-major arrays of one call, freed together. */
final class Memory implements AutoCloseable {
  private final List<INDArray> arrays = new ArrayList<>();

  INDArray zeros(long... shape) {
    INDArray array = Nd4j.create(DataType.FLOAT, shape, 'c');
    arrays.add(array);
    return array;
  }

  /** An array of those numbers. */
  INDArray of(float[] numbers, long... shape) {
    INDArray array = zeros(shape);
    numbers(array).put(numbers);
    return array;
  }

  /** The array's own memory. */
  static FloatBuffer numbers(INDArray array) {
    return array.data().asNioFloat();
  }

  static double sumOfAbsoluteValues(INDArray array) {
    FloatBuffer numbers = numbers(array);
    double sum = 0;
    for (int i = 0; i < numbers.capacity(); i++) {
      sum += Math.abs(numbers.get(i));
    }
    return sum;
  }

  @Override
  public void close() {
    arrays.forEach(INDArray::close);
  }
}
