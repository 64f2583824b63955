package dev.wta.backend.cpu;

import dev.wta.api.Gradient;
import dev.wta.api.Operands;
import dev.wta.api.Tensor;
import dev.wta.api.Update;

/**
 * Optimiser steps. A factored gradient is spelt out a row at a time into a buffer that stays in the
 * first cache, and the row is updated at once.
 */
final class CpuUpdate implements Update {
  /** What a piece of work takes of rows whose gradient has to be made first. */
  private static final int ROWS = 16;

  private final CpuMemory memory;
  private final Engine engine;

  CpuUpdate(CpuMemory memory, Engine engine) {
    this.memory = memory;
    this.engine = engine;
  }

  @Override
  public void sgd(Tensor parameter, Tensor velocity, Gradient gradient, SgdStep step) {
    Operands.sgd(parameter, velocity, gradient);
    CpuTensor p = memory.own(parameter);
    CpuTensor v = memory.own(velocity);
    float[] values = p.array();
    float[] velocities = v.array();
    step(
        p,
        gradient,
        step.tangent(),
        (from, length, gradients, gradientFrom) ->
            StepKernels.sgd(
                step,
                values,
                p.offset() + from,
                velocities,
                v.offset() + from,
                gradients,
                gradientFrom,
                length));
  }

  @Override
  public void adam(Tensor parameter, Tensor m, Tensor v, Gradient gradient, AdamStep step) {
    Operands.adam(parameter, m, v, gradient);
    CpuTensor p = memory.own(parameter);
    CpuTensor first = memory.own(m);
    CpuTensor second = memory.own(v);
    float[] values = p.array();
    float[] firsts = first.array();
    float[] seconds = second.array();
    step(
        p,
        gradient,
        step.tangent(),
        (from, length, gradients, gradientFrom) ->
            StepKernels.adam(
                step,
                values,
                p.offset() + from,
                firsts,
                first.offset() + from,
                seconds,
                second.offset() + from,
                gradients,
                gradientFrom,
                length));
  }

  /** Updates {@code length} elements of the parameter from element {@code from}. */
  @FunctionalInterface
  private interface Step {
    void apply(int from, int length, float[] gradients, int gradientFrom);
  }

  private void step(CpuTensor parameter, Gradient gradient, boolean tangent, Step step) {
    int rows = parameter.rowCount();
    int size = parameter.rowSize();
    switch (gradient) {
      case Gradient.Dense(Tensor values) -> {
        CpuTensor dense = memory.own(values);
        float[] gradients = dense.array();
        if (!tangent) {
          engine.split(
              parameter.length(),
              Engine.GRAIN,
              (from, to, worker) -> step.apply(from, to - from, gradients, dense.offset() + from));
          return;
        }
        byRow(
            rows,
            size,
            (u, row, scratch) -> {
              System.arraycopy(gradients, dense.offset() + u * size, row, 0, size);
              project(parameter, u, row);
              step.apply(u * size, size, row, 0);
            });
      }
      case Gradient.Factored factored -> {
        GradientRows gradients = GradientRows.of(memory, factored, size);
        byRow(
            rows,
            size,
            (u, row, scratch) -> {
              gradients.spellOut(u, row, scratch);
              if (tangent) {
                project(parameter, u, row);
              }
              step.apply(u * size, size, row, 0);
            });
      }
    }
  }

  /** Works on one row of the parameter, with a buffer for its gradient. */
  @FunctionalInterface
  private interface RowStep {
    void apply(int u, float[] row, Scratch scratch);
  }

  private void byRow(int rows, int size, RowStep step) {
    engine.split(
        rows,
        ROWS,
        (from, to, worker) -> {
          Scratch scratch = engine.scratch(worker);
          float[] row = scratch.floats(Scratch.Use.ROW, size);
          for (int u = from; u < to; u++) {
            step.apply(u, row, scratch);
          }
        });
  }

  /**
   * Takes the part of the gradient that is parallel to the parameter's row out; a row of zeros has
   * none.
   */
  private static void project(CpuTensor parameter, int u, float[] gradient) {
    int size = parameter.rowSize();
    int from = parameter.offset() + u * size;
    float[] values = parameter.array();
    double square = Reductions.preciseDot(values, from, values, from, size);
    if (square > 0) {
      double parallel = Reductions.preciseDot(values, from, gradient, 0, size) / square;
      LinearKernels.axpy((float) -parallel, values, from, gradient, 0, size);
    }
  }

  @Override
  public void normaliseRows(Tensor parameter, RowNorm norm, float bound) {
    Operands.normaliseRows(parameter, bound);
    CpuTensor p = memory.own(parameter);
    float[] values = p.array();
    int size = p.rowSize();
    engine.splitRows(
        p.rowCount(),
        size,
        (from, to, worker) -> {
          for (int u = from; u < to; u++) {
            int row = p.offset() + u * size;
            double length = Math.sqrt(Reductions.preciseDot(values, row, values, row, size));
            if (length > (norm == RowNorm.EXACTLY ? 0 : bound)) {
              LinearKernels.scale((float) (bound / length), values, row, size);
            }
          }
        });
  }
}
