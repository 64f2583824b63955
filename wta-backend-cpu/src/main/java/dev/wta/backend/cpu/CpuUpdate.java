package dev.wta.backend.cpu;

import dev.wta.api.op.Gradient;
import dev.wta.api.op.Update;
import dev.wta.api.tensor.Tensor;
import dev.wta.backend.cpu.exec.Execution;
import dev.wta.backend.cpu.exec.Scratch;
import dev.wta.backend.cpu.memory.CpuMemory;
import dev.wta.backend.cpu.memory.CpuTensor;
import dev.wta.backend.cpu.sparse.GradientRows;
import dev.wta.backend.cpu.vector.LinearKernels;
import dev.wta.backend.cpu.vector.OptimizerKernels;
import dev.wta.backend.cpu.vector.ReductionKernels;

/**
 * Optimiser steps. A factored gradient is materialised a row at a time into a buffer that stays in
 * L1, and the row is updated at once.
 */
final class CpuUpdate implements Update {
  private final CpuMemory memory;
  private final Execution execution;

  CpuUpdate(CpuMemory memory, Execution execution) {
    this.memory = memory;
    this.execution = execution;
  }

  @Override
  public void sgd(Tensor parameter, Tensor velocity, Gradient gradient, SgdStep step) {
    CpuTensor p = memory.own(parameter);
    CpuTensor v = memory.own(velocity);
    float[] values = p.array();
    float[] velocities = v.array();
    step(
        p,
        gradient,
        step.tangent(),
        (from, length, gradients, gradientFrom) ->
            OptimizerKernels.sgd(
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
    CpuTensor p = memory.own(parameter);
    CpuTensor first = memory.own(m);
    CpuTensor second = memory.own(v);
    float[] values = p.array();
    float[] firsts = first.array();
    float[] seconds = second.array();
    OptimizerKernels.Unbias unbias = OptimizerKernels.Unbias.of(step);
    step(
        p,
        gradient,
        step.tangent(),
        (from, length, gradients, gradientFrom) ->
            OptimizerKernels.adam(
                step,
                unbias,
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
    int size = parameter.rowSize();
    switch (gradient) {
      case Gradient.Dense(Tensor values) -> {
        CpuTensor dense = memory.own(values);
        float[] gradients = dense.array();
        if (!tangent) {
          execution.split(
              parameter.length(),
              Execution.GRAIN,
              (from, to, worker) -> step.apply(from, to - from, gradients, dense.offset() + from));
          return;
        }
        byRow(
            parameter,
            true,
            step,
            (u, row) -> System.arraycopy(gradients, dense.offset() + u * size, row, 0, size));
      }
      case Gradient.Factored factored -> {
        GradientRows rows = GradientRows.of(memory, factored, size);
        byRow(parameter, tangent, step, (u, row) -> rows.materialise(u, row));
      }
    }
  }

  /** Writes the gradient of a row. */
  @FunctionalInterface
  private interface RowGradient {
    void write(int u, float[] row);
  }

  private void byRow(CpuTensor parameter, boolean tangent, Step step, RowGradient gradient) {
    int rows = parameter.rowCount();
    int size = parameter.rowSize();
    execution.split(
        rows,
        GradientRows.block(rows),
        (from, to, worker) -> {
          float[] row = execution.scratch(worker).floats(Scratch.Use.ROW, 2L * size);
          for (int u = from; u < to; u++) {
            gradient.write(u, row);
            if (tangent) {
              project(parameter, u, row, 0);
            }
            step.apply(u * size, size, row, 0);
          }
        });
  }

  /**
   * Takes the part of the gradient that is parallel to the parameter's row out; a row of zeros has
   * none.
   */
  private static void project(CpuTensor parameter, int u, float[] gradient, int row) {
    int size = parameter.rowSize();
    int from = parameter.offset() + u * size;
    float[] values = parameter.array();
    double square = ReductionKernels.preciseDot(values, from, values, from, size);
    if (square > 0) {
      double parallel = ReductionKernels.preciseDot(values, from, gradient, row, size) / square;
      if (isNormal(parallel)) {
        LinearKernels.axpy((float) -parallel, values, from, gradient, row, size);
      } else {
        for (int i = 0; i < size; i++) {
          gradient[row + i] = (float) (gradient[row + i] - parallel * values[from + i]);
        }
      }
    }
  }

  private static void scale(double factor, float[] values, int from, int size) {
    if (isNormal(factor)) {
      LinearKernels.scale((float) factor, values, from, size);
    } else {
      for (int i = from; i < from + size; i++) {
        values[i] = (float) (factor * values[i]);
      }
    }
  }

  /** Whether a float holds {@code factor} with all its digits. */
  private static boolean isNormal(double factor) {
    return Math.abs(factor) >= Float.MIN_NORMAL && Math.abs(factor) <= Float.MAX_VALUE;
  }

  @Override
  public void normaliseRows(Tensor parameter, RowNorm norm, float bound) {
    CpuTensor p = memory.own(parameter);
    float[] values = p.array();
    int size = p.rowSize();
    execution.splitRows(
        p.rowCount(),
        size,
        (from, to, worker) -> {
          for (int u = from; u < to; u++) {
            int row = p.offset() + u * size;
            double length = Math.sqrt(ReductionKernels.preciseDot(values, row, values, row, size));
            if (length > (norm == RowNorm.EXACTLY ? 0 : bound)) {
              scale(bound / length, values, row, size);
            }
          }
        });
  }
}
