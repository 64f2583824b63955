package dev.wta.backend.nd4j.op;

import dev.wta.api.op.Pool;
import dev.wta.api.tensor.Shape;
import dev.wta.backend.nd4j.memory.Nd4jMemory;
import dev.wta.backend.nd4j.memory.Nd4jTensor;
import dev.wta.backend.nd4j.memory.Scope;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Max-pooling, one place of all windows at a time. */
public final class Nd4jMaxPooling {
  private Nd4jMaxPooling() {}

  /** Of images that are not empty, {@code (samples, channels, height, width)}. */
  public static void pool(Nd4jTensor images, Pool pool, Nd4jTensor out, Nd4jTensor argmax) {
    int width = images.shape().extent(3);
    try (Scope scope = new Scope()) {
      INDArray padded = padded(images, pool, out.shape(), scope);
      INDArray corners = corners(out.shape(), pool, width, scope);
      INDArray largest = at(padded, 0, 0, pool, out.shape());
      INDArray where = corners;
      for (int y = 0; y < pool.size(); y++) {
        for (int x = 0; x < pool.size(); x++) {
          INDArray candidate = at(padded, y, x, pool, out.shape());
          INDArray better = better(candidate, largest, scope);
          INDArray position = scope.keep(corners.add(y * width + x));
          largest = Nd4jFunctions.select(better, candidate, largest, scope);
          where = Nd4jFunctions.select(better, position, where, scope);
        }
      }
      out.array().assign(largest);
      argmax.array().assign(where);
    }
  }

  /** Where a candidate is larger, or the first NaN. */
  private static INDArray better(INDArray candidate, INDArray largest, Scope scope) {
    INDArray larger = scope.keep(candidate.gt(largest)).castTo(DataType.FLOAT);
    INDArray isNaN = scope.keep(candidate.isNaN()).castTo(DataType.FLOAT);
    INDArray isFirst = scope.keep(largest.isNaN()).castTo(DataType.FLOAT).rsubi(1);
    scope.keep(larger);
    scope.keep(isNaN);
    return scope.keep(larger.addi(isNaN).muli(scope.keep(isFirst)).gt(0));
  }

  /** The images, with negative infinity where the last windows reach over the border. */
  private static INDArray padded(Nd4jTensor images, Pool pool, Shape out, Scope scope) {
    Shape shape = images.shape();
    int height = Math.max(shape.extent(2), (out.extent(2) - 1) * pool.stride() + pool.size());
    int width = Math.max(shape.extent(3), (out.extent(3) - 1) * pool.stride() + pool.size());
    long[] extents = {shape.extent(0), shape.extent(1), height, width};
    INDArray padded = scope.keep(Nd4j.createUninitialized(DataType.FLOAT, extents, 'c'));
    padded.assign(Float.NEGATIVE_INFINITY);
    long[] strides = {(long) shape.extent(1) * height * width, (long) height * width, width, 1};
    long[] inside = {shape.extent(0), shape.extent(1), shape.extent(2), shape.extent(3)};
    Nd4j.create(padded.data(), inside, strides, 0, 'c').assign(images.array());
    return padded;
  }

  /** Element {@code (y, x)} of every window: a view of {@code out}'s shape. */
  private static INDArray at(INDArray padded, int y, int x, Pool pool, Shape out) {
    long height = padded.size(2);
    long width = padded.size(3);
    long[] extents = {out.extent(0), out.extent(1), out.extent(2), out.extent(3)};
    long[] strides = {
      out.extent(1) * height * width, height * width, pool.stride() * width, pool.stride()
    };
    return Nd4j.create(padded.data(), extents, strides, y * width + x, 'c');
  }

  /** The position of every window's corner in its image, of {@code out}'s shape. */
  private static INDArray corners(Shape out, Pool pool, int width, Scope scope) {
    float[] corners = new float[(int) out.size()];
    for (int i = 0; i < corners.length; i++) {
      int x = i % out.extent(3);
      int y = i / out.extent(3) % out.extent(2);
      corners[i] = (y * width + x) * pool.stride();
    }
    return scope
        .keep(Nd4j.createFromArray(corners))
        .reshape('c', out.extent(0), out.extent(1), out.extent(2), out.extent(3));
  }

  /** Adds up the slopes at their maxima's positions, on the host. */
  public static void gradient(Nd4jTensor slopes, Nd4jTensor argmax, Nd4jTensor images) {
    float[] slope = Nd4jMemory.host(slopes);
    float[] position = Nd4jMemory.host(argmax);
    int windows = slopes.shape().extent(2) * slopes.shape().extent(3);
    int pixels = images.shape().extent(2) * images.shape().extent(3);
    double[] sums = new double[(int) images.size()];
    for (int i = 0; i < slope.length; i++) {
      sums[i / windows * pixels + (int) position[i]] += slope[i];
    }
    try (Scope scope = new Scope()) {
      images.vector().assign(scope.vector(sums));
    }
  }
}
