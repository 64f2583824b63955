package dev.wta.bench.kernel;

import dev.wta.api.op.Dense;
import dev.wta.api.tensor.Tensor;
import dev.wta.bench.machine.Work;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Element-wise operations on a batch's activations: each reads its operands and writes one. */
@State(Scope.Benchmark)
public class ElementWise {
  private static final int FEW = 7;

  @Param({
    "relu",
    "sigmoid",
    "exp",
    "square",
    "add",
    "multiply",
    "relu-gradient",
    "add-row",
    "affine",
    "clip",
    "axpy"
  })
  public String operation;

  @Param({"100x2000", "512x6144"})
  public String shape;

  private TimedOperation operands;
  private long bytes;

  @Setup(Level.Trial)
  public void prepare(BenchBackend device) {
    int[] extents = ShapeParameter.of(shape);
    operands = TimedOperation.checked(operation, device, extents[0], FEW, this::make);
    bytes = (long) Float.BYTES * arrays() * extents[0] * extents[1];
  }

  private TimedOperation make(RandomTensors fresh, int samples) {
    int width = ShapeParameter.of(shape)[1];
    Tensor x = fresh.normal("x", 1, samples, width);
    Tensor y = fresh.normal("y", 1, samples, width);
    Tensor row = fresh.normal("row", 1, width);
    Tensor out = fresh.zeros(samples, width);
    Dense dense = fresh.backend().dense();
    Runnable run =
        switch (operation) {
          case "relu" -> () -> dense.map(Dense.Unary.RELU, x, out);
          case "sigmoid" -> () -> dense.map(Dense.Unary.SIGMOID, x, out);
          case "exp" -> () -> dense.map(Dense.Unary.EXP, x, out);
          case "square" -> () -> dense.map(Dense.Unary.SQUARE, x, out);
          case "add" -> () -> dense.zip(Dense.Binary.ADD, x, y, out);
          case "multiply" -> () -> dense.zip(Dense.Binary.MULTIPLY, x, y, out);
          case "relu-gradient" -> () -> dense.zip(Dense.Binary.RELU_GRADIENT, x, y, out);
          case "add-row" -> () -> dense.zipRow(Dense.Binary.ADD, x, row, out);
          case "affine" -> () -> dense.affine(0.5f, x, 0.25f, out);
          case "clip" -> () -> dense.clip(x, -1, 1, out);
          case "axpy" -> () -> dense.axpy(1e-3f, x, out);
          default -> throw new IllegalArgumentException("no operation " + operation);
        };
    return TimedOperation.into(fresh, out, run);
  }

  /** How many arrays of the batch's size an operation reads or writes. */
  private int arrays() {
    return switch (operation) {
      case "add", "multiply", "relu-gradient", "axpy" -> 3;
      default -> 2;
    };
  }

  @Benchmark
  public void run(Work work) {
    work.bytes += bytes;
    operands.run().run();
  }
}
