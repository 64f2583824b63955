package dev.wta.backend.cpu;

import dev.wta.api.op.Dense;
import dev.wta.api.op.Epilogue;
import dev.wta.api.tensor.Tensor;
import dev.wta.backend.cpu.bf16.RoundedProducts;
import dev.wta.backend.cpu.exec.Execution;
import dev.wta.backend.cpu.exec.Scratch;
import dev.wta.backend.cpu.gemm.FewRows;
import dev.wta.backend.cpu.gemm.GemmArguments;
import dev.wta.backend.cpu.gemm.GemmKernel;
import dev.wta.backend.cpu.gemm.NormalProduct;
import dev.wta.backend.cpu.gemm.ThinGemm;
import dev.wta.backend.cpu.memory.CpuMemory;
import dev.wta.backend.cpu.memory.CpuTensor;
import dev.wta.backend.cpu.vector.BinaryKernels;
import dev.wta.backend.cpu.vector.Lanes;
import dev.wta.backend.cpu.vector.LinearKernels;
import dev.wta.backend.cpu.vector.LossKernels;
import dev.wta.backend.cpu.vector.ReductionKernels;
import dev.wta.backend.cpu.vector.Transposition;
import dev.wta.backend.cpu.vector.UnaryKernels;
import java.util.Arrays;
import java.util.Optional;

/** Dense operations: cuts into pieces, and leaves the rest to the kernels. */
final class CpuDense implements Dense {
  private final CpuMemory memory;
  private final Execution execution;
  private final Optional<RoundedProducts> rounded;

  /**
   * @param rounded computes what is large enough for it; empty where operands are not to be rounded
   */
  CpuDense(CpuMemory memory, Execution execution, Optional<RoundedProducts> rounded) {
    this.memory = memory;
    this.execution = execution;
    this.rounded = rounded;
  }

  @Override
  public void gemm(
      Tensor a,
      boolean transposeA,
      Tensor b,
      boolean transposeB,
      float alpha,
      float beta,
      Epilogue epilogue,
      Tensor out) {
    CpuTensor result = memory.own(out);
    GemmArguments given =
        new GemmArguments(
            GemmArguments.Matrix.of(memory.own(a), transposeA),
            GemmArguments.Matrix.of(memory.own(b), transposeB),
            alpha,
            beta,
            epilogue.bias().map(memory::own).orElse(null),
            epilogue.relu(),
            result.array(),
            result.offset());
    if (rounded.isPresent() && RoundedProducts.suits(given)) {
      rounded.get().multiply(given);
      return;
    }
    Optional<FewRows> few =
        transposeB && !transposeA
            ? FewRows.of(execution, memory.own(a), memory.own(b))
            : Optional.empty();
    if (few.isPresent()) {
      new GemmKernel(given).run(few.get(), execution);
    } else if (ThinGemm.suits(given) && !execution.rowsAlone) {
      new ThinGemm(given).run(execution);
    } else {
      new GemmKernel(given).run(execution);
    }
  }

  @Override
  public void normalProduct(
      Tensor x, Tensor v, Tensor bias, Tensor weights, Tensor scores, Tensor out) {
    new NormalProduct(
            memory.own(x),
            memory.own(v),
            memory.own(bias),
            memory.own(weights),
            memory.own(scores),
            memory.own(out))
        .run(execution);
  }

  @Override
  public void transpose(Tensor x, Tensor out) {
    CpuTensor from = memory.own(x);
    CpuTensor to = memory.own(out);
    float[] input = from.array();
    float[] output = to.array();
    int rows = from.rowCount();
    int columns = from.rowSize();
    execution.splitRows(
        rows,
        columns,
        (i0, i1, worker) ->
            Transposition.run(
                input,
                from.offset() + i0 * columns,
                columns,
                i1 - i0,
                columns,
                output,
                to.offset() + i0,
                rows));
  }

  @Override
  public void map(Unary f, Tensor x, Tensor out) {
    CpuTensor from = memory.own(x);
    CpuTensor to = memory.own(out);
    float[] input = from.array();
    float[] output = to.array();
    execution.split(
        from.length(),
        Execution.GRAIN,
        (i0, i1, worker) ->
            UnaryKernels.apply(f, input, from.offset() + i0, output, to.offset() + i0, i1 - i0));
  }

  @Override
  public void zip(Binary f, Tensor x, Tensor y, Tensor out) {
    CpuTensor left = memory.own(x);
    CpuTensor right = memory.own(y);
    CpuTensor to = memory.own(out);
    float[] a = left.array();
    float[] b = right.array();
    float[] output = to.array();
    execution.split(
        left.length(),
        Execution.GRAIN,
        (i0, i1, worker) ->
            BinaryKernels.apply(
                f,
                a,
                left.offset() + i0,
                b,
                right.offset() + i0,
                output,
                to.offset() + i0,
                i1 - i0));
  }

  @Override
  public void zipRow(Binary f, Tensor x, Tensor row, Tensor out) {
    CpuTensor left = memory.own(x);
    CpuTensor right = memory.own(row);
    CpuTensor to = memory.own(out);
    float[] a = left.array();
    float[] b = right.array();
    float[] output = to.array();
    int size = left.rowSize();
    execution.splitRows(
        left.rowCount(),
        size,
        (i0, i1, worker) -> {
          for (int i = i0; i < i1; i++) {
            BinaryKernels.apply(
                f,
                a,
                left.offset() + i * size,
                b,
                right.offset(),
                output,
                to.offset() + i * size,
                size);
          }
        });
  }

  @Override
  public void zipColumn(Binary f, Tensor x, Tensor column, Tensor out) {
    CpuTensor left = memory.own(x);
    CpuTensor right = memory.own(column);
    CpuTensor to = memory.own(out);
    float[] a = left.array();
    float[] b = right.array();
    float[] output = to.array();
    int size = left.rowSize();
    execution.splitRows(
        left.rowCount(),
        size,
        (i0, i1, worker) -> {
          float[] repeated = execution.scratch(worker).floats(Scratch.Use.ROW, size);
          for (int i = i0; i < i1; i++) {
            Arrays.fill(repeated, 0, size, b[right.offset() + i]);
            BinaryKernels.apply(
                f, a, left.offset() + i * size, repeated, 0, output, to.offset() + i * size, size);
          }
        });
  }

  @Override
  public void affine(float scale, Tensor x, float shift, Tensor out) {
    CpuTensor from = memory.own(x);
    CpuTensor to = memory.own(out);
    float[] input = from.array();
    float[] output = to.array();
    execution.split(
        from.length(),
        Execution.GRAIN,
        (i0, i1, worker) ->
            LinearKernels.affine(
                scale, input, from.offset() + i0, shift, output, to.offset() + i0, i1 - i0));
  }

  @Override
  public void clip(Tensor x, float low, float high, Tensor out) {
    CpuTensor from = memory.own(x);
    CpuTensor to = memory.own(out);
    float[] input = from.array();
    float[] output = to.array();
    execution.split(
        from.length(),
        Execution.GRAIN,
        (i0, i1, worker) ->
            LinearKernels.clip(
                input, from.offset() + i0, low, high, output, to.offset() + i0, i1 - i0));
  }

  @Override
  public void axpy(float alpha, Tensor x, Tensor y) {
    CpuTensor from = memory.own(x);
    CpuTensor to = memory.own(y);
    float[] input = from.array();
    float[] output = to.array();
    execution.split(
        from.length(),
        Execution.GRAIN,
        (i0, i1, worker) ->
            LinearKernels.axpy(
                alpha, input, from.offset() + i0, output, to.offset() + i0, i1 - i0));
  }

  @Override
  public void reduceRows(Reduction reduction, Tensor x, Tensor out) {
    CpuTensor from = memory.own(x);
    CpuTensor to = memory.own(out);
    float[] input = from.array();
    float[] output = to.array();
    int size = from.rowSize();
    execution.splitRows(
        from.rowCount(),
        size,
        (i0, i1, worker) -> {
          for (int i = i0; i < i1; i++) {
            output[to.offset() + i] =
                ReductionKernels.row(reduction, input, from.offset() + i * size, size);
          }
        });
  }

  @Override
  public void reduceColumns(Reduction reduction, Tensor x, Tensor out) {
    CpuTensor from = memory.own(x);
    CpuTensor to = memory.own(out);
    float[] input = from.array();
    float[] output = to.array();
    int rows = from.rowCount();
    int size = from.rowSize();
    int strip = Lanes.padded(Math.clamp(size / execution.workers.count(), 1, 8 * Lanes.COUNT));
    int grain = Math.max(strip, Lanes.padded(Execution.GRAIN / Math.max(1, rows)));
    execution.split(
        size,
        grain,
        (j0, j1, worker) ->
            ReductionKernels.columns(
                reduction,
                input,
                from.offset() + j0,
                size,
                rows,
                output,
                to.offset() + j0,
                j1 - j0));
  }

  @Override
  public double sum(Tensor x) {
    CpuTensor from = memory.own(x);
    float[] input = from.array();
    return total(
        from.length(), (i0, i1) -> ReductionKernels.preciseSum(input, from.offset() + i0, i1 - i0));
  }

  @Override
  public double dot(Tensor x, Tensor y) {
    CpuTensor left = memory.own(x);
    CpuTensor right = memory.own(y);
    float[] a = left.array();
    float[] b = right.array();
    return total(
        left.length(),
        (i0, i1) ->
            ReductionKernels.preciseDot(a, left.offset() + i0, b, right.offset() + i0, i1 - i0));
  }

  @Override
  public void squaredError(Tensor prediction, Tensor target, Tensor error, Tensor loss) {
    CpuTensor guess = memory.own(prediction);
    CpuTensor truth = memory.own(target);
    CpuTensor difference = memory.own(error);
    CpuTensor result = memory.own(loss);
    float[] guesses = guess.array();
    float[] truths = truth.array();
    float[] differences = difference.array();
    double sum =
        total(
            guess.length(),
            (i0, i1) ->
                LossKernels.squaredError(
                    guesses,
                    guess.offset() + i0,
                    truths,
                    truth.offset() + i0,
                    differences,
                    difference.offset() + i0,
                    i1 - i0));
    result.array()[result.offset()] = (float) sum;
  }

  @Override
  public void softmaxCrossEntropy(Tensor logits, Tensor labels, Tensor gradient, Tensor loss) {
    CpuTensor scores = memory.own(logits);
    CpuTensor classes = memory.own(labels);
    CpuTensor result = memory.own(gradient);
    CpuTensor lossResult = memory.own(loss);
    int samples = scores.rowCount();
    int size = scores.rowSize();
    double[] losses = execution.shared.doubles(samples);
    execution.splitRows(
        samples,
        8L * size,
        (i0, i1, worker) -> {
          for (int i = i0; i < i1; i++) {
            losses[i] =
                LossKernels.softmaxCrossEntropy(
                    scores.array(),
                    scores.offset() + i * size,
                    classes.array()[classes.offset() + i],
                    result.array(),
                    result.offset() + i * size,
                    size);
          }
        });
    double sum = 0;
    for (int i = 0; i < samples; i++) {
      sum += losses[i];
    }
    lossResult.array()[lossResult.offset()] = (float) sum;
  }

  /** A sum over a run of elements, in double precision. */
  @FunctionalInterface
  private interface PartialSum {
    double of(int from, int to);
  }

  /** Adds up the pieces' sums in the order of the pieces. */
  private double total(int length, PartialSum partial) {
    double[] sums = execution.shared.doubles(Math.ceilDiv(length, Execution.GRAIN));
    execution.split(
        length,
        Execution.GRAIN,
        (i0, i1, worker) -> sums[i0 / Execution.GRAIN] = partial.of(i0, i1));
    double sum = 0;
    for (int piece = 0; piece * Execution.GRAIN < length; piece++) {
      sum += sums[piece];
    }
    return sum;
  }
}
