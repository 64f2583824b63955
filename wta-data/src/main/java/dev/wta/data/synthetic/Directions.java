package dev.wta.data.synthetic;

import dev.wta.api.IntSize;
import dev.wta.api.backend.Backend;
import dev.wta.api.op.Dense.Binary;
import dev.wta.api.op.Dense.Reduction;
import dev.wta.api.op.Epilogue;
import dev.wta.api.op.Gradient;
import dev.wta.api.op.Update;
import dev.wta.api.random.Philox;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;

/** Directions of features: random ones, and ones that keep clear of one another. */
final class Directions {
  private Directions() {}

  /** Rows uniform on the unit sphere, {@code (count, inputs)}. */
  static float[] random(int count, int inputs, Seed seed) {
    float[] rows =
        new float[IntSize.of((long) count * inputs, "numbers of the features' directions")];
    Philox normal = seed.stream("synthetic/directions");
    for (int i = 0; i < rows.length; i++) {
      rows[i] = normal.normal(i);
    }
    for (int row = 0; row < count; row++) {
      scale(rows, row * inputs, inputs, 1);
    }
    return rows;
  }

  /** Gives part of an array a length. */
  static void scale(float[] values, int from, int count, double length) {
    double square = 0;
    for (int i = from; i < from + count; i++) {
      square += (double) values[i] * values[i];
    }
    double factor = square > 0 ? length / Math.sqrt(square) : 0;
    for (int i = from; i < from + count; i++) {
      values[i] = (float) (values[i] * factor);
    }
  }

  /**
   * Pushes rows D apart by steps of Adam on {@code sum over i != j of (d_i d_j)^2 + n sum over i of
   * (d_i d_i - 1)^2}, with {@code n} rows, and makes their lengths 1 again. As {@code D (D' D)} has
   * all products of a row with the others, a step takes {@code n * inputs^2} and not {@code n^2 *
   * inputs} multiplications.
   *
   * @param rows {@code (count, inputs)}, of length 1, changed in place
   */
  static void orthogonalise(
      Backend backend, float[] rows, int count, int steps, float rate, Runnable stepDone) {
    int inputs = rows.length / count;
    Shape shape = Shape.of(count, inputs);
    try (Tensor d = backend.memory().of(shape, rows);
        Tensor gradient = backend.memory().allocate(shape);
        Tensor first = backend.memory().allocate(shape);
        Tensor second = backend.memory().allocate(shape);
        Tensor gram = backend.memory().allocate(Shape.of(inputs, inputs));
        Tensor squares = backend.memory().allocate(Shape.of(count));
        Tensor scaled = backend.memory().allocate(shape)) {
      for (int step = 1; step <= steps; step++) {
        backend.dense().gemm(d, true, d, false, 1, 0, Epilogue.NONE, gram);
        // of the first sum, 4 D (D' D) without each row's product with itself; of the second,
        // 4 n (d_i d_i - 1) d_i
        backend.dense().gemm(d, false, gram, false, 4, 0, Epilogue.NONE, gradient);
        backend.dense().reduceRows(Reduction.SUM_OF_SQUARES, d, squares);
        backend.dense().affine(4f * (count - 1), squares, -4f * count, squares);
        backend.dense().zipColumn(Binary.MULTIPLY, d, squares, scaled);
        backend.dense().axpy(1, scaled, gradient);
        backend
            .update()
            .adam(
                d,
                first,
                second,
                new Gradient.Dense(gradient),
                new Update.AdamStep(rate, 0.9f, 0.999f, 1e-8f, 0, false, step));
        stepDone.run();
      }
      backend.update().normaliseRows(d, Update.RowNorm.EXACTLY, 1);
      backend.memory().download(d, rows, 0);
    }
  }
}
