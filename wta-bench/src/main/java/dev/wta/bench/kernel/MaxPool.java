package dev.wta.bench.kernel;

import dev.wta.api.op.Pool;
import dev.wta.api.tensor.Tensor;
import dev.wta.bench.machine.Work;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Max-pooling of feature maps, and its gradient. */
@State(Scope.Benchmark)
public class MaxPool {
  private static final int FEW = 2;
  private static final int SIDE = 28;
  private static final Pool POOL = new Pool(2, 2);
  private static final int POOLED = POOL.outputExtent(SIDE);

  /** {@code samples x maps} of 28 x 28. */
  @Param({"32x128", "100x64"})
  public String shape;

  private TimedOperation pooling;
  private TimedOperation gradient;
  private long bytes;

  @Setup(Level.Trial)
  public void prepare(BenchBackend device) {
    int[] extents = ShapeParameter.of(shape);
    pooling = TimedOperation.checked("max-pooling", device, extents[0], FEW, this::pool);
    gradient =
        TimedOperation.checked(
            "the gradient of max-pooling", device, extents[0], FEW, this::gradient);
    bytes = (long) Float.BYTES * extents[0] * extents[1] * (SIDE * SIDE + 2 * POOLED * POOLED);
  }

  private TimedOperation pool(RandomTensors fresh, int samples) {
    int maps = ShapeParameter.of(shape)[1];
    Tensor images = fresh.normal("images", 1, samples, maps, SIDE, SIDE);
    Tensor out = fresh.zeros(samples, maps, POOLED, POOLED);
    Tensor argmax = fresh.zeros(samples, maps, POOLED, POOLED);
    return TimedOperation.into(
        fresh, out, () -> fresh.backend().convolution().maxPool(images, POOL, out, argmax));
  }

  private TimedOperation gradient(RandomTensors fresh, int samples) {
    int maps = ShapeParameter.of(shape)[1];
    Tensor images = fresh.normal("images", 1, samples, maps, SIDE, SIDE);
    Tensor out = fresh.zeros(samples, maps, POOLED, POOLED);
    Tensor argmax = fresh.zeros(samples, maps, POOLED, POOLED);
    fresh.backend().convolution().maxPool(images, POOL, out, argmax);
    Tensor outGradient = fresh.normal("gradient", 1, samples, maps, POOLED, POOLED);
    return TimedOperation.into(
        fresh,
        images,
        () -> fresh.backend().convolution().maxPoolGradient(outGradient, argmax, images));
  }

  @Benchmark
  public void pool(Work work) {
    work.memoryBytes += bytes;
    pooling.run().run();
  }

  @Benchmark
  public void poolGradient(Work work) {
    work.memoryBytes += bytes;
    gradient.run().run();
  }
}
