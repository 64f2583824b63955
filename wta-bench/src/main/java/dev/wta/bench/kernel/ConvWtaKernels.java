package dev.wta.bench.kernel;

import dev.wta.api.op.Convolution;
import dev.wta.api.op.Epilogue;
import dev.wta.api.op.SelectionRule;
import dev.wta.api.op.Window;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.api.tensor.Winners;
import dev.wta.bench.machine.Work;
import dev.wta.workloads.ConvStep;
import java.util.Optional;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** The kernels of CONV-WTA steps, one by one, on the layers of the two models. */
@State(Scope.Benchmark)
public class ConvWtaKernels {
  private static final int FEW = 2;

  /** {@code samples x channels x maps x window}, over 28 x 28 pixels. */
  @Param({"32x1x128x5", "32x128x128x5", "100x1x64x5", "100x1x64x11"})
  public String layer;

  @Param({"forward", "transposed", "filter-gradient", "encode-winners"})
  public String operation;

  private TimedOperation operands;
  private long operations;

  @Setup(Level.Trial)
  public void prepare(BenchBackend device) {
    int[] extents = ShapeParameter.of(layer);
    operands = TimedOperation.checked(operation, device, extents[0], FEW, this::make);
    operations = 2L * ConvStep.SIDE * ConvStep.SIDE * extents[3];
    for (int extent : extents) {
      operations *= extent;
    }
  }

  private TimedOperation make(RandomTensors fresh, int samples) {
    int[] extents = ShapeParameter.of(layer);
    int channels = extents[1];
    int maps = extents[2];
    int size = extents[3];
    Window window = Window.same(size);
    Tensor images = fresh.uniform("images", samples, channels, ConvStep.SIDE, ConvStep.SIDE);
    Tensor filters = fresh.normal("filters", 0.05f, maps, channels, size, size);
    Tensor code = fresh.normal("code", 0.05f, samples, maps, ConvStep.SIDE, ConvStep.SIDE);
    Tensor bias = fresh.zeros(maps);
    Convolution convolution = fresh.backend().convolution();
    return switch (operation) {
      case "forward" ->
          TimedOperation.into(
              fresh,
              code,
              () -> convolution.forward(images, filters, window, Epilogue.biasRelu(bias), code));
      case "transposed" ->
          TimedOperation.into(
              fresh,
              images,
              () -> convolution.transposed(code, filters, window, Epilogue.NONE, images));
      case "filter-gradient" ->
          TimedOperation.into(
              fresh, filters, () -> convolution.filterGradient(images, code, window, 0, filters));
      case "encode-winners" -> {
        SelectionRule rule =
            new SelectionRule.Then(
                new SelectionRule.Spatial(), new SelectionRule.Lifetime(Math.max(1, samples / 20)));
        Shape shape = code.shape();
        Winners winners = fresh.backend().memory().allocateWinners(shape, rule.capacity(shape));
        yield new TimedOperation(
            () ->
                fresh
                    .backend()
                    .selection()
                    .encodeWinners(images, filters, Optional.of(window), bias, rule, winners),
            () -> {
              fresh.backend().sparse().scatter(winners, winners.values(), code);
              return fresh.backend().memory().download(code);
            });
      }
      default -> throw new IllegalArgumentException("no operation " + operation);
    };
  }

  @Benchmark
  public void run(Work work) {
    work.operations += operations;
    operands.run().run();
  }
}
