package dev.wta.bench.kernel;

import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.bench.machine.Work;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Losses of a batch, with their gradients. */
@State(Scope.Benchmark)
public class Losses {
  private static final int FEW = 7;

  @Param({"squared-error 100x784", "squared-error 512x768", "softmax-cross-entropy 1000x10"})
  public String loss;

  private TimedOperation operands;
  private long bytes;

  @Setup(Level.Trial)
  public void prepare(BenchBackend device) {
    int[] extents = extents();
    operands = TimedOperation.checked(loss, device, extents[0], FEW, this::make);
    int arrays = squaredError() ? 3 : 2;
    bytes = (long) Float.BYTES * arrays * extents[0] * extents[1];
  }

  private int[] extents() {
    return ShapeParameter.of(loss.substring(loss.indexOf(' ') + 1));
  }

  private boolean squaredError() {
    return loss.startsWith("squared-error");
  }

  private TimedOperation make(RandomTensors fresh, int samples) {
    int width = extents()[1];
    Tensor prediction = fresh.normal("prediction", 1, samples, width);
    Tensor gradient = fresh.zeros(samples, width);
    Tensor sum = fresh.zeros(1);
    if (squaredError()) {
      Tensor target = fresh.normal("target", 1, samples, width);
      return TimedOperation.into(
          fresh,
          gradient,
          () -> fresh.backend().dense().squaredError(prediction, target, gradient, sum));
    }
    float[] classes = new float[samples];
    for (int i = 0; i < samples; i++) {
      classes[i] = i % width;
    }
    Tensor labels = fresh.backend().memory().of(Shape.of(samples), classes);
    return TimedOperation.into(
        fresh,
        gradient,
        () -> fresh.backend().dense().softmaxCrossEntropy(prediction, labels, gradient, sum));
  }

  @Benchmark
  public void run(Work work) {
    work.bytes += bytes;
    operands.run().run();
  }
}
