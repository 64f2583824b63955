package dev.wta.models.drsae;

import dev.wta.api.backend.Backend;
import dev.wta.api.op.Dense;
import dev.wta.api.op.Epilogue;
import dev.wta.api.op.Memory;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.data.Dataset;
import dev.wta.models.ForwardPass;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.factory.LinearSolverFactory_DDRM;
import org.ejml.interfaces.linsol.LinearSolverDense;

/**
 * The linear decoders that reconstruct samples best from the codes of each iteration: what the
 * units stand for while the recurrence is at work. They solve {@code min |X - Z[t] D[t]|^2 + ridge
 * |D[t]|^2}.
 */
public final class OptimalDecoders {
  /** Of the mean squared activation: enough for units that are never active. */
  private static final double RIDGE = 1e-3;

  private OptimalDecoders() {}

  /**
   * Fits them.
   *
   * @param data as the run's, pre-processed as in its training
   * @return {@code (iterations, units, inputs)}
   */
  public static float[][] fit(Drsae model, Dataset data) {
    Backend backend = model.backend();
    Memory memory = backend.memory();
    int units = model.features();
    int inputs = Math.toIntExact(model.sampleShape().size());
    int iterations = model.iterations();
    float[][] decoders = new float[iterations][];
    try (ForwardPass pass = ForwardPass.of(model, data);
        Tensor code = memory.allocate(Shape.of(model.encodingBatch(), units));
        Tensor squares = memory.allocate(Shape.of(iterations * units, units));
        Tensor products = memory.allocate(Shape.of(iterations * units, inputs))) {
      while (pass.next()) {
        int count = pass.count();
        Tensor x = pass.input().reshape(Shape.of(count, inputs));
        Tensor z = code.rows(0, count);
        float[] states = model.iterations(x);
        for (int t = 0; t < iterations; t++) {
          memory.upload(states, t * count * units, z);
          add(backend.dense(), z, z, squares.rows(t * units, units));
          add(backend.dense(), z, x, products.rows(t * units, units));
        }
      }
      for (int t = 0; t < iterations; t++) {
        decoders[t] =
            solve(
                memory.download(squares.rows(t * units, units)),
                memory.download(products.rows(t * units, units)),
                units);
      }
    }
    return decoders;
  }

  /** {@code sum += a' b}. */
  private static void add(Dense dense, Tensor a, Tensor b, Tensor sum) {
    dense.gemm(a, true, b, false, 1, 1, Epilogue.NONE, sum);
  }

  private static float[] solve(float[] squares, float[] products, int units) {
    DMatrixRMaj left = matrix(squares, units);
    double trace = 0;
    for (int u = 0; u < units; u++) {
      trace += left.get(u, u);
    }
    double ridge = Math.max(RIDGE * trace / units, Double.MIN_NORMAL);
    for (int u = 0; u < units; u++) {
      left.add(u, u, ridge);
    }
    DMatrixRMaj right = matrix(products, units);
    DMatrixRMaj solution = new DMatrixRMaj(units, right.numCols);
    LinearSolverDense<DMatrixRMaj> solver = LinearSolverFactory_DDRM.symmPosDef(units);
    if (!solver.setA(left)) {
      throw new IllegalStateException("a matrix of squares and a ridge is not positive");
    }
    solver.solve(right, solution);
    float[] values = new float[products.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) solution.data[i];
    }
    return values;
  }

  private static DMatrixRMaj matrix(float[] values, int rows) {
    DMatrixRMaj matrix = new DMatrixRMaj(rows, values.length / rows);
    for (int i = 0; i < values.length; i++) {
      matrix.data[i] = values[i];
    }
    return matrix;
  }
}
