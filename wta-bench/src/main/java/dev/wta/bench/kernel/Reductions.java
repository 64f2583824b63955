package dev.wta.bench.kernel;

import dev.wta.api.op.Dense;
import dev.wta.api.tensor.Tensor;
import dev.wta.bench.machine.Work;
import java.util.Locale;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Reductions of a batch's activations, by rows (a sample each) and by columns (a unit each). */
@State(Scope.Benchmark)
public class Reductions {
  private static final int FEW = 7;

  @Param({"sum", "sum_of_squares", "maximum"})
  public String reduction;

  @Param({"rows", "columns"})
  public String along;

  @Param({"100x2000", "512x6144"})
  public String shape;

  private TimedOperation operands;
  private long bytes;

  @Setup(Level.Trial)
  public void prepare(BenchBackend device) {
    int[] extents = ShapeParameter.of(shape);
    operands = TimedOperation.checked(reduction, device, extents[0], FEW, this::make);
    bytes = (long) Float.BYTES * extents[0] * extents[1];
  }

  private TimedOperation make(RandomTensors fresh, int samples) {
    int width = ShapeParameter.of(shape)[1];
    Dense.Reduction chosen = Dense.Reduction.valueOf(reduction.toUpperCase(Locale.ROOT));
    Tensor x = fresh.uniform("x", samples, width);
    Dense dense = fresh.backend().dense();
    if (along.equals("rows")) {
      Tensor out = fresh.zeros(samples);
      return TimedOperation.into(fresh, out, () -> dense.reduceRows(chosen, x, out));
    }
    Tensor out = fresh.zeros(width);
    return TimedOperation.into(fresh, out, () -> dense.reduceColumns(chosen, x, out));
  }

  @Benchmark
  public void run(Work work) {
    work.bytes += bytes;
    operands.run().run();
  }
}
