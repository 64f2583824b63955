package dev.wta.eval.solver;

import dev.wta.api.op.Memory;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import java.util.Arrays;

/**
 * The second derivative of a probe's objective at a point: {@code x -> x + X' H X x}. Samples that
 * no class bends are left out: by the product where it can, and else, once they are the greater
 * part, by copying the others together, so that each of the many products reads those alone.
 */
final class Hessian implements AutoCloseable {
  private final DesignMatrix design;
  private final ProbeLoss loss;
  private final Memory memory;
  private final Tensor curvature;
  private final Tensor residuals;
  private final boolean skipsItself;
  private double cost;
  private DesignMatrix.Rows bentRows;
  private DesignMatrix.Rows gathered;

  /** Which samples {@link #bentRows} are, where they are gathered. */
  private int[] gatheredSamples = {};

  Hessian(DesignMatrix design, ProbeLoss loss) {
    this.design = design;
    this.loss = loss;
    this.memory = design.backend().memory();
    this.curvature = memory.allocate(Shape.of(design.samples(), design.classes()));
    this.skipsItself = loss.isDiagonal() && design.isPlain();
    int samples = skipsItself ? design.samples() : 0;
    this.residuals = memory.allocate(Shape.of(samples, design.classes()));
    this.bentRows = design.all();
    this.gathered = room(0);
  }

  /** Moves to another point. {@code values} is {@link ProbeLoss.Evaluation#curvature} there. */
  void moveTo(float[] values, double newCost) {
    cost = newCost;
    if (skipsItself) {
      memory.upload(values, 0, curvature);
      return;
    }
    int classes = design.classes();
    int[] bent = new int[design.samples()];
    int count = 0;
    for (int i = 0; i < bent.length; i++) {
      boolean any = false;
      for (int k = 0; k < classes; k++) {
        any |= values[i * classes + k] != 0;
      }
      if (any) {
        bent[count++] = i;
      }
    }
    if (count > design.samples() / 2) {
      bentRows = design.all();
      gatheredSamples = new int[0];
      memory.upload(values, 0, curvature);
    } else {
      gatheredSamples = Arrays.copyOf(bent, count);
      gather(gatheredSamples, values);
    }
  }

  private void gather(int[] rows, float[] values) {
    if (rows.length > gathered.count()) {
      free(gathered);
      gathered = room(rows.length);
    }
    int classes = design.classes();
    float[] compact = new float[rows.length * classes];
    bentRows = gathered.block(0, rows.length);
    for (int i = 0; i < rows.length; ) {
      int run = 1; // neighbours are copied at once
      while (i + run < rows.length && rows[i + run] == rows[i] + run) {
        run++;
      }
      DesignMatrix.Rows from = design.all().block(rows[i], run);
      DesignMatrix.Rows to = bentRows.block(i, run);
      memory.copy(from.features(), to.features());
      memory.copy(from.sampleFactors(), to.sampleFactors());
      System.arraycopy(values, rows[i] * classes, compact, i * classes, run * classes);
      i += run;
    }
    memory.upload(compact, 0, curvature.rows(0, rows.length));
  }

  /**
   * {@code out = residual' X}: the loss's gradient at this point. What does not bend does not slope
   * either, so the samples that are left out contribute nothing.
   */
  void gradient(float[] residual, double[] out) {
    if (skipsItself) {
      memory.upload(residual, 0, residuals);
      design.transposed(residuals, out);
      return;
    }
    if (bentRows.count() == design.samples()) {
      design.transposed(bentRows, residual, out);
      return;
    }
    int classes = design.classes();
    float[] compact = new float[gatheredSamples.length * classes];
    for (int i = 0; i < gatheredSamples.length; i++) {
      System.arraycopy(residual, gatheredSamples[i] * classes, compact, i * classes, classes);
    }
    design.transposed(bentRows, compact, out);
  }

  /** {@code out = x + X' H X x} for each class; both {@code (classes, columns)}. */
  void apply(double[] x, double[] out) {
    design.bent(bentRows, loss, curvature.rows(0, bentRows.count()), cost, x, out);
    for (int i = 0; i < out.length; i++) {
      out[i] += x[i];
    }
  }

  private DesignMatrix.Rows room(int rows) {
    return new DesignMatrix.Rows(
        memory.allocate(Shape.of(rows, design.columns() - 1)), memory.allocate(Shape.of(rows)));
  }

  private static void free(DesignMatrix.Rows rows) {
    rows.features().close();
    rows.sampleFactors().close();
  }

  @Override
  public void close() {
    curvature.close();
    residuals.close();
    free(gathered);
  }
}
