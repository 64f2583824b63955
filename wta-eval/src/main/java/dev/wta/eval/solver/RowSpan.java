package dev.wta.eval.solver;

import dev.wta.api.backend.Backend;
import dev.wta.api.op.Epilogue;
import dev.wta.api.op.Memory;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.eval.scaling.FeatureScaling;
import dev.wta.eval.scaling.FittedScaling;
import dev.wta.models.Features;
import java.util.Optional;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.decomposition.TriangularSolver_DDRM;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.CholeskyDecomposition_F64;

/**
 * Reduces a problem of few samples and many columns to the span of its rows: the weights that
 * minimise are combinations of the samples, so with {@code X X' = L L'} the rows of {@code L}, as
 * many numbers each as there are samples, take the place of those of {@code X}. Scores, losses and
 * norms of weights stay the same; {@code w = X' L'^-1 v}.
 */
public final class RowSpan implements AutoCloseable {
  /** With fewer columns for each sample, the factor costs what it saves. */
  private static final int LEAST_COLUMNS_PER_SAMPLE = 4;

  /** The factor of more takes longer than it saves: their number cubed, on one core. */
  private static final int MOST_SAMPLES = 3000;

  /** With so few columns, passes over them are cheap. */
  private static final int LEAST_COLUMNS = 256;

  /**
   * What is added to the diagonal, as a part of its mean: float32 products are no better. Not near
   * {@code 1 / 2C}, which the loss adds to it in effect.
   */
  private static final double ROUNDING = 1e-6;

  private final DesignMatrix design;
  private final DMatrixRMaj factor; // (samples, samples): L
  private final Features rows;
  private final DesignMatrix small;

  private RowSpan(DesignMatrix design, DMatrixRMaj factor) {
    this.design = design;
    this.factor = factor;
    Backend backend = design.backend();
    float[] values = new float[factor.data.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) factor.data[i];
    }
    rows =
        new Features(
            backend, backend.memory().of(Shape.of(factor.numRows, factor.numCols), values));
    FittedScaling none = FittedScaling.fit(FeatureScaling.NONE, rows);
    small = new DesignMatrix(rows, none, 0, design.classes());
  }

  /** The small problem, where it is small enough to be worth its making. */
  public static Optional<RowSpan> of(DesignMatrix design) {
    boolean pays =
        design.samples() <= MOST_SAMPLES
            && design.columns() >= LEAST_COLUMNS
            && design.columns() >= LEAST_COLUMNS_PER_SAMPLE * design.samples();
    if (!pays) {
      return Optional.empty();
    }
    DMatrixRMaj products = products(design);
    double trace = 0;
    for (int i = 0; i < products.numRows; i++) {
      trace += products.get(i, i);
    }
    for (int i = 0; i < products.numRows; i++) {
      products.add(i, i, Math.max(ROUNDING * trace / products.numRows, Double.MIN_NORMAL));
    }
    CholeskyDecomposition_F64<DMatrixRMaj> cholesky =
        DecompositionFactory_DDRM.chol(products.numRows, true);
    return cholesky.decompose(products)
        ? Optional.of(new RowSpan(design, cholesky.getT(null)))
        : Optional.empty(); // more rounding than was allowed for
  }

  /** {@code X X'}. */
  private static DMatrixRMaj products(DesignMatrix design) {
    int samples = design.samples();
    int[] all = new int[samples];
    for (int i = 0; i < samples; i++) {
      all[i] = i;
    }
    Backend backend = design.backend();
    Memory memory = backend.memory();
    try (Tensor dense = memory.of(Shape.of(samples, design.columns()), design.materialise(all));
        Tensor product = memory.allocate(Shape.of(samples, samples))) {
      backend.dense().gemm(dense, false, dense, true, 1, 0, Epilogue.NONE, product);
      float[] values = memory.download(product);
      DMatrixRMaj matrix = new DMatrixRMaj(samples, samples);
      for (int i = 0; i < values.length; i++) {
        matrix.data[i] = values[i];
      }
      return matrix;
    }
  }

  public DesignMatrix small() {
    return small;
  }

  /** What a point of the small problem is in the large one. */
  public Iterate expand(Iterate at) {
    int samples = design.samples();
    int classes = design.classes();
    float[] combination = new float[samples * classes];
    double[] solved = new double[samples];
    for (int k = 0; k < classes; k++) {
      System.arraycopy(at.weights(), k * small.columns(), solved, 0, samples);
      TriangularSolver_DDRM.solveTranL(factor.data, solved, samples);
      for (int i = 0; i < samples; i++) {
        combination[i * classes + k] = (float) solved[i];
      }
    }
    double[] weights = new double[classes * design.columns()];
    design.transposed(design.all(), combination, weights);
    return new Iterate(weights, at.scores().clone());
  }

  /** Frees all but the large problem. */
  @Override
  public void close() {
    small.close();
    rows.close();
  }
}
