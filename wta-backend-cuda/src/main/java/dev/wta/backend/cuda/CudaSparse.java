package dev.wta.backend.cuda;

import dev.wta.api.backend.SparseOperands;
import dev.wta.api.op.Gradient;
import dev.wta.api.op.Sparse;
import dev.wta.api.op.Window;
import dev.wta.api.tensor.Tensor;
import dev.wta.api.tensor.Winners;
import dev.wta.backend.cuda.kernel.Kernel;
import dev.wta.backend.cuda.kernel.Kernels;
import dev.wta.backend.cuda.kernel.Launch;
import dev.wta.backend.cuda.memory.CudaMemory;
import dev.wta.backend.cuda.memory.CudaTensor;
import dev.wta.backend.cuda.memory.CudaWinners;
import dev.wta.backend.cuda.op.FactoredGradients;
import dev.wta.backend.cuda.op.Geometry;
import java.util.List;
import java.util.Optional;

/** Operations that cost in proportion to the winners. */
final class CudaSparse implements Sparse {
  private final CudaMemory memory;
  private final Kernels kernels;
  private final FactoredGradients gradients;

  CudaSparse(CudaMemory memory, Kernels kernels) {
    this.memory = memory;
    this.kernels = kernels;
    this.gradients = new FactoredGradients(memory, kernels);
  }

  @Override
  public void decode(
      Winners winners, Tensor coefficients, Tensor weights, Optional<Tensor> bias, Tensor out) {
    SparseOperands.decode(winners, coefficients, weights, bias, out);
    CudaWinners code = memory.own(winners);
    CudaTensor scale = memory.own(coefficients);
    CudaTensor matrix = memory.own(weights);
    CudaTensor decoded = memory.own(out);
    kernels
        .launch(Kernel.DECODE)
        .struct(code.ofSample())
        .address(code.unitOf())
        .tensor(scale)
        .tensor(matrix)
        .address(address(bias))
        .integer(decoded.rowSize())
        .tensor(decoded)
        .run(decoded.rowCount(), Math.ceilDiv(decoded.rowSize(), Launch.BLOCK), 1, Launch.BLOCK);
  }

  @Override
  public void decodeMaps(
      Winners winners,
      Tensor coefficients,
      Tensor filters,
      Window window,
      Optional<Tensor> bias,
      Tensor images) {
    SparseOperands.decodeMaps(winners, coefficients, filters, window, bias, images);
    CudaWinners code = memory.own(winners);
    CudaTensor scale = memory.own(coefficients);
    CudaTensor kernel = memory.own(filters);
    CudaTensor decoded = memory.own(images);
    kernels
        .launch(Kernel.DECODE_MAPS)
        .struct(code.ofSample())
        .address(code.unitOf())
        .address(code.positionOf())
        .tensor(scale)
        .tensor(kernel)
        .address(address(bias))
        .struct(Geometry.of(decoded.shape(), window))
        .tensor(decoded)
        .run(decoded.rowCount(), Math.ceilDiv(decoded.rowSize(), Launch.BLOCK), 1, Launch.BLOCK);
  }

  @Override
  public void codeGradient(
      Winners winners, Tensor outGradient, Tensor weights, Tensor coefficients) {
    SparseOperands.codeGradient(winners, outGradient, weights, coefficients);
    CudaWinners code = memory.own(winners);
    CudaTensor slopes = memory.own(outGradient);
    CudaTensor matrix = memory.own(weights);
    CudaTensor result = memory.own(coefficients);
    kernels
        .launch(Kernel.CODE_GRADIENT)
        .address(code.sampleOf())
        .address(code.unitOf())
        .integer(code.slots())
        .tensor(slopes)
        .tensor(matrix)
        .integer(slopes.rowSize())
        .tensor(result)
        .warps(code.slots());
  }

  @Override
  public void codeGradientMaps(
      Winners winners, Tensor imageGradient, Tensor filters, Window window, Tensor coefficients) {
    SparseOperands.codeGradientMaps(winners, imageGradient, filters, window, coefficients);
    CudaWinners code = memory.own(winners);
    CudaTensor slopes = memory.own(imageGradient);
    CudaTensor kernel = memory.own(filters);
    CudaTensor result = memory.own(coefficients);
    kernels
        .launch(Kernel.CODE_GRADIENT_MAPS)
        .address(code.sampleOf())
        .address(code.unitOf())
        .address(code.positionOf())
        .integer(code.slots())
        .tensor(slopes)
        .tensor(kernel)
        .struct(Geometry.of(slopes.shape(), window))
        .tensor(result)
        .warps(code.slots());
  }

  @Override
  public void spellOut(Gradient.Factored gradient, float beta, Tensor out) {
    SparseOperands.spellOut(gradient, out);
    List<FactoredGradients.Term> terms = gradients.terms(gradient);
    CudaTensor target = memory.own(out);
    gradients.spellOut(terms, beta, target.address(), target.rowCount(), target.rowSize());
  }

  @Override
  public void unitSums(Winners winners, Tensor coefficients, Tensor out) {
    SparseOperands.unitSums(winners, coefficients, out);
    CudaWinners code = memory.own(winners);
    CudaTensor scale = memory.own(coefficients);
    CudaTensor sums = memory.own(out);
    kernels
        .launch(Kernel.UNIT_SUMS)
        .struct(code.ofUnit())
        .tensor(scale)
        .integer(code.units())
        .tensor(sums)
        .warps(code.units());
  }

  @Override
  public void scatter(Winners winners, Tensor coefficients, Tensor code) {
    SparseOperands.scatter("scatter", winners, coefficients, code);
    CudaWinners sparse = memory.own(winners);
    CudaTensor scale = memory.own(coefficients);
    CudaTensor dense = memory.own(code);
    memory.clear(dense.address(), dense.size());
    along(Kernel.SCATTER, sparse).tensor(scale).tensor(dense).over(sparse.slots());
  }

  @Override
  public void gather(Winners winners, Tensor code, Tensor coefficients) {
    SparseOperands.scatter("gather", winners, coefficients, code);
    CudaWinners sparse = memory.own(winners);
    CudaTensor dense = memory.own(code);
    CudaTensor result = memory.own(coefficients);
    along(Kernel.GATHER, sparse).tensor(dense).tensor(result).over(sparse.slots());
  }

  private Launch along(Kernel kernel, CudaWinners winners) {
    return kernels
        .launch(kernel)
        .address(winners.sampleOf())
        .address(winners.unitOf())
        .address(winners.positionOf())
        .integer(winners.slots())
        .integer(winners.units())
        .integer(winners.positions());
  }

  private long address(Optional<Tensor> tensor) {
    return tensor.map(present -> memory.own(present).address()).orElse(0L);
  }
}
