package dev.wta.bench.kernel;

import dev.wta.api.tensor.Tensor;
import dev.wta.bench.machine.Work;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Transposition of a batch and of weights. */
@State(Scope.Benchmark)
public class Transpose {
  private static final int FEW = 7;

  @Param({"100x784", "2000x784"})
  public String shape;

  private TimedOperation operands;
  private long bytes;

  @Setup(Level.Trial)
  public void prepare(BenchBackend device) {
    int[] extents = ShapeParameter.of(shape);
    operands = TimedOperation.checked("transpose", device, extents[0], FEW, this::make);
    bytes = 2L * Float.BYTES * extents[0] * extents[1];
  }

  private TimedOperation make(RandomTensors fresh, int rows) {
    int columns = ShapeParameter.of(shape)[1];
    Tensor x = fresh.normal("x", 1, rows, columns);
    Tensor out = fresh.zeros(columns, rows);
    return TimedOperation.into(fresh, out, () -> fresh.backend().dense().transpose(x, out));
  }

  @Benchmark
  public void run(Work work) {
    work.bytes += bytes;
    operands.run().run();
  }
}
