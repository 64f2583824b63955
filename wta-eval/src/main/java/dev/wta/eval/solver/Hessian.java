package dev.wta.eval.solver;

import dev.wta.api.op.Memory;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import java.util.Arrays;
import java.util.Optional;

/**
 * The second derivative of a probe's objective at a point: {@code x -> x + X' H X x}. Samples
 * without curvature are left out: by the product if it can, or else, once they are the greater
 * part, by a copy of the others, so that each of the many products reads those alone.
 */
final class Hessian implements AutoCloseable {
  private final DesignMatrix design;
  private final ProbeLoss loss;
  private final Memory memory;
  private final Tensor curvature;
  private final Tensor residuals;
  private final boolean skipsItself;
  private double cost;
  private DesignMatrix.Rows curvedRows;

  /** A copy of the rows with curvature if most have none; which samples they are. */
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
    this.curvedRows = design.all();
  }

  /** Moves to another point. {@code values} is {@link ProbeLoss.Evaluation#curvature} there. */
  void moveTo(float[] values, double newCost) {
    cost = newCost;
    if (skipsItself) {
      memory.upload(values, 0, curvature);
      return;
    }
    int classes = design.classes();
    int[] curved = new int[design.samples()];
    int count = 0;
    for (int i = 0; i < curved.length; i++) {
      boolean any = false;
      for (int k = 0; k < classes; k++) {
        any |= values[i * classes + k] != 0;
      }
      if (any) {
        curved[count++] = i;
      }
    }
    gathered.ifPresent(DesignMatrix.Rows::close); // two at a time may not fit
    gathered = Optional.empty();
    if (count > design.samples() / 2) {
      curvedRows = design.all();
      gatheredSamples = new int[0];
      memory.upload(values, 0, curvature);
    } else {
      gatheredSamples = Arrays.copyOf(curved, count);
      curvedRows = design.all().subset(gatheredSamples);
      gathered = Optional.of(curvedRows);
      memory.upload(ofGathered(values), 0, curvature.rows(0, count));
    }
  }

  /** The rows of the gathered samples, of {@code (samples, classes)}. */
  private float[] ofGathered(float[] values) {
    int classes = design.classes();
    float[] rows = new float[gatheredSamples.length * classes];
    for (int i = 0; i < gatheredSamples.length; i++) {
      System.arraycopy(values, gatheredSamples[i] * classes, rows, i * classes, classes);
    }
    return rows;
  }

  /**
   * {@code out = residual' X}: the loss's gradient at this point. A sample without curvature has no
   * residual either, so the samples that are left out contribute nothing.
   */
  void gradient(float[] residual, double[] out) {
    if (skipsItself) {
      memory.upload(residual, 0, residuals);
      design.transposed(residuals, out);
      return;
    }
    boolean all = curvedRows.count() == design.samples();
    design.transposed(curvedRows, all ? residual : ofGathered(residual), out);
  }

  /** {@code out = x + X' H X x} for each class; both {@code (classes, columns)}. */
  void apply(double[] x, double[] out) {
    design.hessianProduct(curvedRows, loss, curvature.rows(0, curvedRows.count()), cost, x, out);
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
