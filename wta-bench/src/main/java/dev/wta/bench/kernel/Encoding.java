package dev.wta.bench.kernel;

import dev.wta.api.backend.Backend;
import dev.wta.api.backend.BackendOptions;
import dev.wta.api.backend.Backends;
import dev.wta.api.op.SelectionRule;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.api.tensor.Winners;
import dev.wta.bench.machine.Work;
import java.util.Optional;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Encoding and selecting by each rule, with the accelerators on the class path and without: what
 * the CPU backend's choice between the two rests on.
 */
@State(Scope.Benchmark)
public class Encoding {
  private static final float DEVIATION = 0.05f;

  /** Samples, inputs, units, and winners of a group: of a unit, or of a sample. */
  @Param({
    "lifetime 100x784x2000 5",
    "lifetime 100x784x8000 5",
    "lifetime 1000x784x2000 10",
    "sample 100x784x2000 32",
    "sample 512x768x6144 32",
    "sample 512x768x6144 96",
    "sample 4096x768x24576 32",
    "batch 512x768x6144 32",
    "threshold 512x768x6144 32"
  })
  public String encoding;

  /** {@code off} leaves accelerators alone. */
  @Param({"on", "off"})
  public String accelerator;

  private Backend backend;
  private Tensor x;
  private Tensor weights;
  private Tensor bias;
  private SelectionRule rule;
  private Winners winners;

  @Setup(Level.Trial)
  public void fill(BenchBackend device) {
    System.setProperty("wta.accelerator", accelerator);
    backend = Backends.named(device.backend, BackendOptions.defaults().withThreads(device.threads));
    String[] parts = encoding.split(" ", -1);
    int[] sizes = ShapeParameter.of(parts[1]);
    RandomTensors operands = new RandomTensors(backend);
    x = operands.normal("x", 1, sizes[0], sizes[1]);
    weights = operands.normal("weights", DEVIATION, sizes[2], sizes[1]);
    bias = operands.normal("bias", 0.1f, sizes[2]);
    rule = rule(parts[0], Integer.parseInt(parts[2]), sizes);
    Shape code = Shape.of(sizes[0], sizes[2]);
    winners = backend.memory().allocateWinners(code, rule.capacity(code));
  }

  private SelectionRule rule(String name, int k, int[] sizes) {
    return switch (name) {
      case "lifetime" -> new SelectionRule.Lifetime(k);
      case "sample" -> new SelectionRule.PerSample(k);
      case "batch" -> new SelectionRule.Global(k * sizes[0]);
      case "threshold" -> {
        // Normal activations exceed 2.56 of their deviations in about 32 of 6144 cases.
        Tensor thresholds = backend.memory().allocate(Shape.of(sizes[2]));
        backend.memory().fill(thresholds, (float) (2.56 * DEVIATION * Math.sqrt(sizes[1])));
        yield new SelectionRule.Above(thresholds);
      }
      default -> throw new IllegalArgumentException("no rule " + name);
    };
  }

  @TearDown(Level.Trial)
  public void close() {
    backend.close();
  }

  @Benchmark
  public Winners encode(Work work) {
    work.operations += 2L * x.shape().size() * weights.shape().extent(0);
    backend.selection().encodeWinners(x, weights, Optional.empty(), bias, rule, winners);
    return winners;
  }
}
