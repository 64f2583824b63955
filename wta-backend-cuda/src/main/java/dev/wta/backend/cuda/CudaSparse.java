package dev.wta.backend.cuda;

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
      Winners winners,
      Tensor coefficients,
      Tensor weights,
      Optional<Window> window,
      Optional<Tensor> bias,
      Tensor out) {
    CudaWinners code = memory.own(winners);
    CudaTensor scale = memory.own(coefficients);
    CudaTensor matrix = memory.own(weights);
    long offsets = address(bias);
    CudaTensor decoded = memory.own(out);
    Launch launch =
        kernels
            .launch(window.isPresent() ? Kernel.DECODE_MAPS : Kernel.DECODE)
            .struct(code.ofSample())
            .address(code.unitOf());
    window.ifPresent(_ -> launch.address(code.positionOf()));
    launch.tensor(scale).tensor(matrix).address(offsets);
    extent(launch, decoded, window)
        .tensor(decoded)
        .run(decoded.rowCount(), Math.ceilDiv(decoded.rowSize(), Launch.BLOCK), 1, Launch.BLOCK);
  }

  @Override
  public void codeGradient(
      Winners winners,
      Tensor outGradient,
      Tensor weights,
      Optional<Window> window,
      Tensor coefficients) {
    CudaWinners code = memory.own(winners);
    CudaTensor slopes = memory.own(outGradient);
    CudaTensor matrix = memory.own(weights);
    CudaTensor result = memory.own(coefficients);
    Launch launch =
        kernels
            .launch(window.isPresent() ? Kernel.CODE_GRADIENT_MAPS : Kernel.CODE_GRADIENT)
            .address(code.sampleOf())
            .address(code.unitOf());
    window.ifPresent(_ -> launch.address(code.positionOf()));
    launch.integer(code.slots()).tensor(slopes).tensor(matrix);
    extent(launch, slopes, window).tensor(result).warps(code.slots());
  }

  /** A batch as a kernel receives it: its width or, with a window, its geometry. */
  private static Launch extent(Launch launch, CudaTensor batch, Optional<Window> window) {
    return window.isPresent()
        ? launch.struct(Geometry.of(batch.shape(), window.get()))
        : launch.integer(batch.rowSize());
  }

  @Override
  public void materialise(Gradient.Factored gradient, float beta, Tensor out) {
    List<FactoredGradients.Term> terms = gradients.terms(gradient);
    CudaTensor target = memory.own(out);
    gradients.materialise(terms, beta, target.address(), target.rowCount(), target.rowSize());
  }

  @Override
  public void unitSums(Winners winners, Tensor coefficients, Tensor out) {
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
    CudaWinners sparse = memory.own(winners);
    CudaTensor scale = memory.own(coefficients);
    CudaTensor dense = memory.own(code);
    memory.clear(dense.address(), dense.size());
    along(Kernel.SCATTER, sparse).tensor(scale).tensor(dense).over(sparse.slots());
  }

  @Override
  public void gather(Winners winners, Tensor code, Tensor coefficients) {
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
