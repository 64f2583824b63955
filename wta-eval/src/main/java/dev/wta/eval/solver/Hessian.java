package dev.wta.eval.solver;

import dev.wta.api.op.Memory;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import java.util.Arrays;
import java.util.Optional;

/**
 * The second derivative of a probe's objective at a point: {@code x -> x + X' H X x}. Samples that
 * no class bends are left out: by the product where it can, and else, once they are the greater
 * part, by taking the others apart, so that each of the many products reads those alone.
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

  /** The rows apart, and which samples they are, where most are left out. */
  private Optional<DesignMatrix.Rows> gathered = Optional.empty();

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
    gathered.ifPresent(DesignMatrix.Rows::close); // two at a time may not fit
    gathered = Optional.empty();
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
    bentRows = design.all().subset(rows);
    gathered = Optional.of(bentRows);
    int classes = design.classes();
    float[] compact = new float[rows.length * classes];
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(values, rows[i] * classes, compact, i * classes, classes);
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

  @Override
  public void close() {
    curvature.close();
    residuals.close();
    gathered.ifPresent(DesignMatrix.Rows::close);
  }
}
