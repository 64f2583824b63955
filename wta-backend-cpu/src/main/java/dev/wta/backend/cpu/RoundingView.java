package dev.wta.backend.cpu;

import dev.wta.api.backend.ForwardingBackend;
import dev.wta.api.op.Convolution;
import dev.wta.api.op.Dense;
import dev.wta.backend.cpu.accelerator.Bf16Accelerator;
import dev.wta.backend.cpu.bf16.RoundedProducts;
import dev.wta.backend.cpu.exec.Execution;
import dev.wta.backend.cpu.memory.CpuMemory;
import java.util.Optional;

/** The CPU backend with dense products and convolutions whose operands are rounded to bfloat16. */
final class RoundingView extends ForwardingBackend {
  private final String accelerator;
  private final RoundedProducts rounded;
  private final CpuDense dense;
  private final CpuConvolution convolution;

  RoundingView(
      CpuBackend backend, CpuMemory memory, Execution execution, Bf16Accelerator accelerator) {
    super(backend);
    this.accelerator = accelerator.name();
    rounded = new RoundedProducts(execution, accelerator);
    dense = new CpuDense(memory, execution, Optional.of(rounded));
    convolution = new CpuConvolution(memory, execution, Optional.of(rounded));
  }

  @Override
  public String arithmetic() {
    return "%s, products in bf16 by %s".formatted(super.arithmetic(), accelerator);
  }

  @Override
  public Dense dense() {
    return dense;
  }

  @Override
  public Convolution convolution() {
    return convolution;
  }

  /** Frees the native memory of the products. */
  void release() {
    rounded.close();
  }

  /** Does nothing: the backend calls {@link #release}. */
  @Override
  public void close() {}
}
