package dev.wta.bench.kernel;

import dev.wta.api.op.SelectionRule;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.api.tensor.Winners;
import dev.wta.bench.machine.Work;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Selection of winners from a dense code, by each rule that the models use. */
@State(Scope.Benchmark)
public class Selection {
  private static final int FEW = 40;

  @Param({"lifetime 100x2000", "topk 512x6144", "batchtopk 512x6144"})
  public String rule;

  private TimedOperation operands;
  private long bytes;

  @Setup(Level.Trial)
  public void prepare(BenchBackend device) {
    int[] extents = extents();
    operands = TimedOperation.checked(rule, device, extents[0], FEW, this::make);
    bytes = (long) Float.BYTES * extents[0] * extents[1];
  }

  private int[] extents() {
    return ShapeParameter.of(rule.substring(rule.indexOf(' ') + 1));
  }

  private TimedOperation make(RandomTensors fresh, int samples) {
    int units = extents()[1];
    SelectionRule chosen =
        switch (rule.substring(0, rule.indexOf(' '))) {
          case "lifetime" -> new SelectionRule.Lifetime(Math.max(1, samples / 20));
          case "topk" -> new SelectionRule.PerSample(32);
          case "batchtopk" -> new SelectionRule.Global(32 * samples);
          default -> throw new IllegalArgumentException("no rule " + rule);
        };
    Tensor code = fresh.normal("code", 1, samples, units);
    Shape shape = Shape.of(samples, units);
    Winners winners = fresh.backend().memory().allocateWinners(shape, chosen.capacity(shape));
    Tensor dense = fresh.zeros(samples, units);
    return new TimedOperation(
        () -> fresh.backend().selection().select(code, chosen, winners),
        () -> {
          fresh.backend().sparse().scatter(winners, winners.values(), dense);
          return fresh.backend().memory().download(dense);
        });
  }

  @Benchmark
  public void select(Work work) {
    work.bytes += bytes;
    operands.run().run();
  }
}
