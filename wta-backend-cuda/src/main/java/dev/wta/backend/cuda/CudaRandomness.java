package dev.wta.backend.cuda;

import dev.wta.api.op.Randomness;
import dev.wta.api.random.Philox;
import dev.wta.api.tensor.Tensor;
import dev.wta.backend.cuda.kernel.Kernel;
import dev.wta.backend.cuda.kernel.Kernels;
import dev.wta.backend.cuda.kernel.Launch;
import dev.wta.backend.cuda.memory.CudaMemory;
import dev.wta.backend.cuda.memory.CudaTensor;

/** Philox on the device, four numbers a thread. */
final class CudaRandomness implements Randomness {
  private static final long NUMBERS_OF_BLOCK = 4;

  private final CudaMemory memory;
  private final Kernels kernels;

  CudaRandomness(CudaMemory memory, Kernels kernels) {
    this.memory = memory;
    this.kernels = kernels;
  }

  @Override
  public void uniform(Philox stream, Tensor out) {
    CudaTensor to = memory.own(out);
    finish(begin(Kernel.UNIFORM, stream), to);
  }

  @Override
  public void normal(Philox stream, float mean, float deviation, Tensor out) {
    CudaTensor to = memory.own(out);
    finish(begin(Kernel.NORMAL, stream).number(mean).number(deviation), to);
  }

  @Override
  public void bernoulli(Philox stream, Tensor probabilities, Tensor out) {
    CudaTensor chances = memory.own(probabilities);
    CudaTensor to = memory.own(out);
    finish(begin(Kernel.BERNOULLI, stream).tensor(chances), to);
  }

  private Launch begin(Kernel kernel, Philox stream) {
    return kernels.launch(kernel).whole(stream.seed()).whole(stream.stream());
  }

  private static void finish(Launch launch, CudaTensor out) {
    launch.tensor(out).whole(out.size()).over(Math.ceilDiv(out.size(), NUMBERS_OF_BLOCK));
  }
}
