package dev.wta.bench.kernel;

import dev.wta.api.op.Randomness;
import dev.wta.api.random.Philox;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Tensor;
import dev.wta.bench.machine.Work;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Random numbers for a batch's activations. */
@State(Scope.Benchmark)
public class RandomNumbers {
  private static final int FEW = 7;

  @Param({"uniform", "normal", "bernoulli"})
  public String distribution;

  @Param("100x2000")
  public String shape;

  private TimedOperation operands;
  private long bytes;

  @Setup(Level.Trial)
  public void prepare(BenchBackend device) {
    int[] extents = ShapeParameter.of(shape);
    operands = TimedOperation.checked(distribution, device, extents[0], FEW, this::make);
    int arrays = distribution.equals("bernoulli") ? 2 : 1;
    bytes = (long) Float.BYTES * arrays * extents[0] * extents[1];
  }

  private TimedOperation make(RandomTensors fresh, int samples) {
    int width = ShapeParameter.of(shape)[1];
    Philox stream = Seed.of(2).stream("numbers");
    Randomness randomness = fresh.backend().randomness();
    Tensor chances = fresh.uniform("chances", samples, width);
    Tensor out = fresh.zeros(samples, width);
    Runnable run =
        switch (distribution) {
          case "uniform" -> () -> randomness.uniform(stream, out);
          case "normal" -> () -> randomness.normal(stream, 0, 1, out);
          case "bernoulli" -> () -> randomness.bernoulli(stream, chances, out);
          default -> throw new IllegalArgumentException("no distribution " + distribution);
        };
    return TimedOperation.into(fresh, out, run);
  }

  @Benchmark
  public void run(Work work) {
    work.bytes += bytes;
    operands.run().run();
  }
}
