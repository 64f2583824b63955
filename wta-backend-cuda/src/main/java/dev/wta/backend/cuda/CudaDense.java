package dev.wta.backend.cuda;

import dev.wta.api.op.Dense;
import dev.wta.api.op.Epilogue;
import dev.wta.api.op.Precision;
import dev.wta.api.tensor.Tensor;
import dev.wta.backend.cuda.kernel.Kernel;
import dev.wta.backend.cuda.kernel.Kernels;
import dev.wta.backend.cuda.kernel.Launch;
import dev.wta.backend.cuda.memory.CudaMemory;
import dev.wta.backend.cuda.memory.CudaMemory.Scratch;
import dev.wta.backend.cuda.memory.CudaTensor;
import dev.wta.backend.cuda.op.CublasGemm;
import dev.wta.backend.cuda.op.CublasGemm.Finish;
import dev.wta.backend.cuda.op.CublasGemm.Matrix;
import dev.wta.backend.cuda.op.CudaReductions;
import dev.wta.backend.cuda.op.FunctionCodes;

/** Dense operations. */
final class CudaDense implements Dense {
  private static final int TRANSPOSE_TILE = 32;

  private final CudaMemory memory;
  private final Kernels kernels;
  private final CublasGemm products;
  private final Precision precision;
  private final CudaReductions reductions;

  /**
   * @param precision what products may round their operands to
   */
  CudaDense(CudaMemory memory, Kernels kernels, CublasGemm products, Precision precision) {
    this.memory = memory;
    this.kernels = kernels;
    this.products = products;
    this.precision = precision;
    this.reductions = new CudaReductions(memory, kernels);
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
    CudaTensor left = memory.own(a);
    CudaTensor right = memory.own(b);
    CudaTensor result = memory.own(out);
    long bias = epilogue.bias().map(vector -> memory.own(vector).address()).orElse(0L);
    products.product(
        precision,
        new Matrix(left.address(), left.rowSize(), transposeA),
        new Matrix(right.address(), right.rowSize(), transposeB),
        result.rowCount(),
        result.rowSize(),
        transposeA ? left.rowCount() : left.rowSize(),
        alpha,
        beta,
        new Finish(bias, epilogue.relu()),
        result.address());
  }

  @Override
  public void transpose(Tensor x, Tensor out) {
    CudaTensor from = memory.own(x);
    CudaTensor to = memory.own(out);
    long tiles =
        (long) Math.ceilDiv(from.rowCount(), TRANSPOSE_TILE)
            * Math.ceilDiv(from.rowSize(), TRANSPOSE_TILE);
    kernels
        .launch(Kernel.TRANSPOSE)
        .tensor(from)
        .tensor(to)
        .integer(from.rowCount())
        .integer(from.rowSize())
        .blocks(tiles);
  }

  @Override
  public void map(Unary f, Tensor x, Tensor out) {
    CudaTensor from = memory.own(x);
    CudaTensor to = memory.own(out);
    kernels
        .launch(Kernel.MAP)
        .integer(FunctionCodes.of(f))
        .tensor(from)
        .tensor(to)
        .whole(from.size())
        .over(from.size());
  }

  @Override
  public void zip(Binary f, Tensor x, Tensor y, Tensor out) {
    CudaTensor first = memory.own(x);
    CudaTensor second = memory.own(y);
    CudaTensor to = memory.own(out);
    kernels
        .launch(Kernel.ZIP)
        .integer(FunctionCodes.of(f))
        .tensor(first)
        .tensor(second)
        .tensor(to)
        .whole(first.size())
        .over(first.size());
  }

  @Override
  public void zipRow(Binary f, Tensor x, Tensor row, Tensor out) {
    zipVector(Kernel.ZIP_ROW, f, memory.own(x), memory.own(row), memory.own(out));
  }

  @Override
  public void zipColumn(Binary f, Tensor x, Tensor column, Tensor out) {
    zipVector(Kernel.ZIP_COLUMN, f, memory.own(x), memory.own(column), memory.own(out));
  }

  private void zipVector(Kernel kernel, Binary f, CudaTensor x, CudaTensor vector, CudaTensor out) {
    kernels
        .launch(kernel)
        .integer(FunctionCodes.of(f))
        .tensor(x)
        .tensor(vector)
        .tensor(out)
        .integer(x.rowSize())
        .whole(x.size())
        .over(x.size());
  }

  @Override
  public void affine(float scale, Tensor x, float shift, Tensor out) {
    CudaTensor from = memory.own(x);
    CudaTensor to = memory.own(out);
    kernels
        .launch(Kernel.AFFINE)
        .number(scale)
        .tensor(from)
        .number(shift)
        .tensor(to)
        .whole(from.size())
        .over(from.size());
  }

  @Override
  public void clip(Tensor x, float low, float high, Tensor out) {
    CudaTensor from = memory.own(x);
    CudaTensor to = memory.own(out);
    kernels
        .launch(Kernel.CLIP)
        .tensor(from)
        .number(low)
        .number(high)
        .tensor(to)
        .whole(from.size())
        .over(from.size());
  }

  @Override
  public void axpy(float alpha, Tensor x, Tensor y) {
    CudaTensor from = memory.own(x);
    CudaTensor to = memory.own(y);
    kernels
        .launch(Kernel.AXPY)
        .number(alpha)
        .tensor(from)
        .tensor(to)
        .whole(from.size())
        .over(from.size());
  }

  @Override
  public void reduceRows(Reduction reduction, Tensor x, Tensor out) {
    CudaTensor from = memory.own(x);
    CudaTensor to = memory.own(out);
    reductions.rows(reduction, from.address(), from.rowCount(), from.rowSize(), to.address());
  }

  @Override
  public void reduceColumns(Reduction reduction, Tensor x, Tensor out) {
    CudaTensor from = memory.own(x);
    CudaTensor to = memory.own(out);
    reductions.columns(reduction, from.address(), from.rowCount(), from.rowSize(), to.address());
  }

  @Override
  public double sum(Tensor x) {
    CudaTensor from = memory.own(x);
    return reductions.total(from.address(), 0, from.size());
  }

  @Override
  public double dot(Tensor x, Tensor y) {
    CudaTensor first = memory.own(x);
    CudaTensor second = memory.own(y);
    return reductions.total(first.address(), second.address(), first.size());
  }

  @Override
  public void squaredError(Tensor prediction, Tensor target, Tensor error, Tensor loss) {
    CudaTensor predicted = memory.own(prediction);
    CudaTensor wanted = memory.own(target);
    CudaTensor difference = memory.own(error);
    CudaTensor total = memory.own(loss);
    reductions.squaredError(
        predicted.address(),
        wanted.address(),
        difference.address(),
        predicted.size(),
        total.address());
  }

  @Override
  public void softmaxCrossEntropy(Tensor logits, Tensor labels, Tensor gradient, Tensor loss) {
    CudaTensor scores = memory.own(logits);
    CudaTensor classes = memory.own(labels);
    CudaTensor slope = memory.own(gradient);
    CudaTensor total = memory.own(loss);
    int samples = scores.rowCount();
    try (Scratch losses = memory.scratch((long) samples * Double.BYTES)) {
      if (!scores.isEmpty()) {
        kernels
            .launch(Kernel.SOFTMAX_CROSS_ENTROPY)
            .tensor(scores)
            .tensor(classes)
            .tensor(slope)
            .address(losses.address())
            .integer(scores.rowSize())
            .run(samples, 1, 1, scores.rowSize() <= 4 * Launch.WARP ? Launch.WARP : Launch.BLOCK);
      }
      reductions.sumOfParts(losses.address(), scores.isEmpty() ? 0 : samples, total.address(), 0);
    }
  }
}
