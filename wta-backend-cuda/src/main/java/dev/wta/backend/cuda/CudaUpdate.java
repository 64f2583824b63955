package dev.wta.backend.cuda;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.wta.api.op.Gradient;
import dev.wta.api.op.Update;
import dev.wta.api.tensor.Tensor;
import dev.wta.backend.cuda.kernel.Kernel;
import dev.wta.backend.cuda.kernel.Kernels;
import dev.wta.backend.cuda.kernel.Launch;
import dev.wta.backend.cuda.memory.CudaMemory;
import dev.wta.backend.cuda.memory.CudaMemory.Scratch;
import dev.wta.backend.cuda.memory.CudaTensor;
import dev.wta.backend.cuda.op.FactoredGradients;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * Optimiser steps. A factored gradient goes straight into the step where a block can hold a row of
 * it; otherwise it is materialised first.
 */
final class CudaUpdate implements Update {
  private static final int SHORT_ROW_ELEMENTS = 4;
  private static final int LONG_ROW_ELEMENTS = 16;
  private static final int SHORT_ROW = SHORT_ROW_ELEMENTS * Launch.BLOCK;
  private static final int LONG_ROW = LONG_ROW_ELEMENTS * Launch.BLOCK;

  private final CudaMemory memory;
  private final Kernels kernels;
  private final FactoredGradients gradients;

  CudaUpdate(CudaMemory memory, Kernels kernels) {
    this.memory = memory;
    this.kernels = kernels;
    this.gradients = new FactoredGradients(memory, kernels);
  }

  /** An optimiser's kernels, its tensors with the parameter first, and its step. */
  private record Optimiser(
      Kernel elements,
      Kernel rows,
      Kernel shortRows,
      Kernel longRows,
      List<CudaTensor> tensors,
      Launch.Struct step,
      boolean tangent) {

    int units() {
      return tensors.getFirst().rowCount();
    }

    int rowSize() {
      return tensors.getFirst().rowSize();
    }

    long size() {
      return tensors.getFirst().size();
    }
  }

  @Override
  public void sgd(Tensor parameter, Tensor velocity, Gradient gradient, SgdStep step) {
    float[] numbers = {step.rate(), step.momentum(), step.decay()};
    update(
        new Optimiser(
            Kernel.SGD,
            Kernel.SGD_TANGENT,
            Kernel.SGD_SHORT_ROWS,
            Kernel.SGD_LONG_ROWS,
            List.of(memory.own(parameter), memory.own(velocity)),
            new Step(numbers, step.tangent()),
            step.tangent()),
        gradient);
  }

  @Override
  public void adam(Tensor parameter, Tensor m, Tensor v, Gradient gradient, AdamStep step) {
    float[] numbers = {
      step.rate(),
      step.beta1(),
      step.beta2(),
      (float) (1.0 - step.beta1()),
      (float) (1.0 - step.beta2()),
      (float) (1 - Math.pow(step.beta1(), (double) step.t())),
      (float) (1 - Math.pow(step.beta2(), (double) step.t())),
      step.epsilon(),
      step.decay()
    };
    update(
        new Optimiser(
            Kernel.ADAM,
            Kernel.ADAM_TANGENT,
            Kernel.ADAM_SHORT_ROWS,
            Kernel.ADAM_LONG_ROWS,
            List.of(memory.own(parameter), memory.own(m), memory.own(v)),
            new Step(numbers, step.tangent()),
            step.tangent()),
        gradient);
  }

  @Override
  public void normaliseRows(Tensor parameter, RowNorm norm, float bound) {
    CudaTensor weights = memory.own(parameter);
    kernels
        .launch(Kernel.NORMALISE_ROWS)
        .tensor(weights)
        .flag(norm == RowNorm.AT_MOST)
        .number(bound)
        .integer(weights.rowSize())
        .run(weights.rowCount(), 1, 1, FactoredGradients.threads(weights.rowSize()));
  }

  private void update(Optimiser optimiser, Gradient gradient) {
    switch (gradient) {
      case Gradient.Dense(Tensor values) -> dense(optimiser, memory.own(values).address());
      case Gradient.Factored factored -> {
        List<FactoredGradients.Term> terms = gradients.terms(factored);
        boolean fused =
            terms.size() <= FactoredGradients.MOST_TERMS
                && (!optimiser.tangent() || optimiser.rowSize() <= LONG_ROW);
        if (fused) {
          factored(optimiser, terms);
        } else {
          materialised(optimiser, terms);
        }
      }
    }
  }

  private void dense(Optimiser optimiser, long gradient) {
    Launch launch =
        begin(optimiser.tangent() ? optimiser.rows() : optimiser.elements(), optimiser)
            .address(gradient)
            .struct(optimiser.step());
    if (optimiser.tangent()) {
      launch
          .integer(optimiser.rowSize())
          .run(optimiser.units(), 1, 1, FactoredGradients.threads(optimiser.rowSize()));
    } else {
      launch.whole(optimiser.size()).over(optimiser.size());
    }
  }

  private void factored(Optimiser optimiser, List<FactoredGradients.Term> terms) {
    int rowSize = optimiser.rowSize();
    int threads = FactoredGradients.threads(rowSize);
    boolean isShort = rowSize <= SHORT_ROW;
    int elements = threads * (isShort ? SHORT_ROW_ELEMENTS : LONG_ROW_ELEMENTS);
    Launch launch = begin(isShort ? optimiser.shortRows() : optimiser.longRows(), optimiser);
    FactoredGradients.withTerms(launch, terms)
        .struct(optimiser.step())
        .integer(rowSize)
        .run(rowSize == 0 ? 0 : optimiser.units(), Math.ceilDiv(rowSize, elements), 1, threads);
  }

  private void materialised(Optimiser optimiser, List<FactoredGradients.Term> terms) {
    try (Scratch gradient = memory.scratch(optimiser.size() * Float.BYTES)) {
      gradients.materialise(terms, 0, gradient.address(), optimiser.units(), optimiser.rowSize());
      dense(optimiser, gradient.address());
    }
  }

  private Launch begin(Kernel kernel, Optimiser optimiser) {
    Launch launch = kernels.launch(kernel);
    optimiser.tensors().forEach(launch::tensor);
    return launch;
  }

  /**
   * The kernels' {@code SgdStep} and {@code AdamStep}: numbers, and whether to take the tangent.
   */
  private static final class Step implements Launch.Struct {
    private final float[] numbers;
    private final boolean tangent;

    Step(float[] numbers, boolean tangent) {
      this.numbers = numbers;
      this.tangent = tangent;
    }

    @Override
    public long bytes() {
      return (numbers.length + 1L) * Float.BYTES;
    }

    @Override
    public void write(MemorySegment to) {
      MemorySegment.copy(numbers, 0, to, JAVA_FLOAT, 0, numbers.length);
      to.set(JAVA_INT, (long) numbers.length * Float.BYTES, tangent ? 1 : 0);
    }
  }
}
