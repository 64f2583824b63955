package dev.wta.backend.cpu;

import dev.wta.api.backend.Backend;
import dev.wta.api.backend.BackendOptions;
import dev.wta.api.op.Convolution;
import dev.wta.api.op.Dense;
import dev.wta.api.op.Memory;
import dev.wta.api.op.Precision;
import dev.wta.api.op.Randomness;
import dev.wta.api.op.Selection;
import dev.wta.api.op.Sparse;
import dev.wta.api.op.Update;
import dev.wta.backend.cpu.accelerator.Accelerators;
import dev.wta.backend.cpu.accelerator.Bf16Accelerator;
import dev.wta.backend.cpu.exec.Execution;
import dev.wta.backend.cpu.memory.CpuMemory;
import dev.wta.backend.cpu.vector.Lanes;
import java.util.Optional;

/** The SPI on the Vector API: tensors on the Java heap, one set of threads for all operations. */
final class CpuBackend implements Backend {
  private final CpuMemory memory;
  private final boolean ownsMemory;
  private final Execution execution;
  private final int threads;
  private final Optional<Bf16Accelerator> accelerator;
  private final CpuDense dense;
  private final CpuConvolution convolution;
  private final CpuSelection selection;
  private final CpuSparse sparse;
  private final CpuUpdate update;
  private final CpuRandomness randomness;
  private RoundingView rounding; // made when it is first asked for

  CpuBackend(BackendOptions options, Optional<Bf16Accelerator> accelerator) {
    this(new CpuMemory(), true, options.threads(), accelerator);
  }

  /**
   * @param ownsMemory false for another's inference context
   */
  private CpuBackend(
      CpuMemory memory, boolean ownsMemory, int threads, Optional<Bf16Accelerator> accelerator) {
    this.memory = memory;
    this.ownsMemory = ownsMemory;
    this.threads = threads;
    this.accelerator = accelerator;
    execution = new Execution(threads, !ownsMemory);
    dense = new CpuDense(memory, execution, Optional.empty());
    convolution = new CpuConvolution(memory, execution, Optional.empty());
    selection = new CpuSelection(memory, execution, convolution, accelerator);
    sparse = new CpuSparse(memory, execution);
    update = new CpuUpdate(memory, execution);
    randomness = new CpuRandomness(memory, execution);
  }

  static String describe(int threads) {
    return "%s, %d thread%s, %d-bit vectors%s"
        .formatted(
            System.getProperty("os.arch"),
            threads,
            threads == 1 ? "" : "s",
            Lanes.FLOATS.vectorBitSize(),
            Accelerators.describe());
  }

  @Override
  public String name() {
    return "cpu";
  }

  @Override
  public String device() {
    return describe(threads);
  }

  /** Neither the threads nor an accelerator, which change no bit. */
  @Override
  public String arithmetic() {
    return "%s, %d-bit vectors"
        .formatted(System.getProperty("os.arch"), Lanes.FLOATS.vectorBitSize());
  }

  @Override
  public Memory memory() {
    return memory;
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
    return selection;
  }

  @Override
  public Sparse sparse() {
    return sparse;
  }

  @Override
  public Update update() {
    return update;
  }

  @Override
  public Randomness randomness() {
    return randomness;
  }

  @Override
  public Optional<Backend> inferenceContext(int most) {
    return Optional.of(new CpuBackend(memory, false, Math.min(most, threads), Optional.empty()));
  }

  /** Of {@link Precision#BF16}, by an accelerator. */
  @Override
  public Backend withPrecision(Precision precision) {
    if (precision != Precision.BF16) {
      return Backend.super.withPrecision(precision);
    }
    if (rounding == null) {
      rounding =
          new RoundingView(this, memory, execution, accelerator.orElseThrow(Accelerators::missing));
    }
    return rounding;
  }

  @Override
  public void close() {
    if (ownsMemory) {
      memory.close();
    }
    if (rounding != null) {
      rounding.release();
    }
    selection.close();
    execution.close();
  }
}
