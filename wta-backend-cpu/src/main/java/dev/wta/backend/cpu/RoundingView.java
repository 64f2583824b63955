package dev.wta.backend.cpu;

import dev.wta.api.backend.Backend;
import dev.wta.api.op.Convolution;
import dev.wta.api.op.Dense;
import dev.wta.api.op.Memory;
import dev.wta.api.op.Precision;
import dev.wta.api.op.Randomness;
import dev.wta.api.op.Selection;
import dev.wta.api.op.Sparse;
import dev.wta.api.op.Update;
import dev.wta.backend.cpu.accelerator.Bf16Accelerator;
import dev.wta.backend.cpu.bf16.RoundedProducts;
import dev.wta.backend.cpu.exec.Execution;
import dev.wta.backend.cpu.memory.CpuMemory;
import java.util.Optional;

/** The backend, with dense products and convolutions of operands rounded to bfloat16. */
final class RoundingView implements Backend {
  private final CpuBackend backend;
  private final String accelerator;
  private final RoundedProducts rounded;
  private final CpuDense dense;
  private final CpuConvolution convolution;

  RoundingView(
      CpuBackend backend, CpuMemory memory, Execution execution, Bf16Accelerator accelerator) {
    this.backend = backend;
    this.accelerator = accelerator.name();
    rounded = new RoundedProducts(execution, accelerator);
    dense = new CpuDense(memory, execution, Optional.of(rounded));
    convolution = new CpuConvolution(memory, execution, Optional.of(rounded));
  }

  @Override
  public String name() {
    return backend.name();
  }

  @Override
  public String device() {
    return backend.device();
  }

  @Override
  public String arithmetic() {
    return "%s, products in bf16 by %s".formatted(backend.arithmetic(), accelerator);
  }

  @Override
  public Memory memory() {
    return backend.memory();
  }

  @Override
  public Dense dense() {
    return dense;
  }

  @Override
  public Convolution convolution() {
    return convolution;
  }

  @Override
  public Selection selection() {
    return backend.selection();
  }

  @Override
  public Sparse sparse() {
    return backend.sparse();
  }

  @Override
  public Update update() {
    return backend.update();
  }

  @Override
  public Randomness randomness() {
    return backend.randomness();
  }

  @Override
  public Optional<Backend> inferenceContext(int most) {
    return backend.inferenceContext(most);
  }

  @Override
  public Backend withPrecision(Precision precision) {
    return backend.withPrecision(precision);
  }

  /** Frees what native memory the products have. */
  void release() {
    rounded.close();
  }

  /** Nothing: the backend releases it. */
  @Override
  public void close() {}
}
