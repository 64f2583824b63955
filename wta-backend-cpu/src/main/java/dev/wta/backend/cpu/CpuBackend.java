package dev.wta.backend.cpu;

import dev.wta.api.Backend;
import dev.wta.api.BackendOptions;
import dev.wta.api.Competition;
import dev.wta.api.Convolution;
import dev.wta.api.Dense;
import dev.wta.api.Memory;
import dev.wta.api.Randomness;
import dev.wta.api.Sparse;
import dev.wta.api.Update;
import dev.wta.backend.cpu.exec.Execution;
import dev.wta.backend.cpu.memory.CpuMemory;
import dev.wta.backend.cpu.vector.Lanes;

/** The SPI on the Vector API: tensors on the Java heap, one set of threads for all operations. */
final class CpuBackend implements Backend {
  private final CpuMemory memory = new CpuMemory();
  private final Execution engine;
  private final int threads;
  private final CpuDense dense;
  private final CpuConvolution convolution;
  private final CpuSelection competition;
  private final CpuSparse sparse;
  private final CpuUpdate update;
  private final CpuRandomness randomness;

  CpuBackend(BackendOptions options) {
    threads = options.threads();
    engine = new Execution(threads);
    dense = new CpuDense(memory, engine);
    convolution = new CpuConvolution(memory, engine);
    competition = new CpuSelection(memory, engine, convolution);
    sparse = new CpuSparse(memory, engine);
    update = new CpuUpdate(memory, engine);
    randomness = new CpuRandomness(memory, engine);
  }

  static String describe(int threads) {
    return "%s, %d thread%s, %d-bit vectors"
        .formatted(
            System.getProperty("os.arch"),
            threads,
            threads == 1 ? "" : "s",
            Lanes.FLOATS.vectorBitSize());
  }

  @Override
  public String name() {
    return "cpu";
  }

  @Override
  public String device() {
    return describe(threads);
  }

  /** Not the threads: they share work so that sums stay the same. */
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
  public Competition competition() {
    return competition;
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
  public void close() {
    memory.close();
    engine.close();
  }
}
