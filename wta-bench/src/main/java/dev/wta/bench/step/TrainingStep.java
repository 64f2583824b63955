package dev.wta.bench.step;

import com.sun.management.ThreadMXBean;
import dev.wta.api.op.Precision;
import dev.wta.bench.kernel.BenchBackend;
import dev.wta.bench.kernel.ResultCheck;
import dev.wta.bench.machine.Work;
import dev.wta.workloads.ConvStep;
import dev.wta.workloads.Workload;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Optional;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * A training step as the trainer takes it: upload of the batch, forward pass, gradients, update.
 * Everything but reading and shuffling the data. What it needs at the least is the encoder's
 * forward pass: all else is in proportion to the winners.
 */
@State(Scope.Benchmark)
public class TrainingStep {
  @Param({
    "fc-wta-step",
    "fc-wta-step-untied",
    "topk-step",
    "topk-step-24576x1024",
    "topk-step-24576x4096",
    "trainer-topk",
    "trainer-batch-topk",
    "trainer-matryoshka",
    "trainer-jumprelu",
    "trainer-gated",
    "trainer-topk-24576x1024",
    "trainer-batch-topk-24576x1024",
    "trainer-matryoshka-24576x1024",
    "trainer-jumprelu-24576x1024",
    "trainer-gated-24576x1024",
    "trainer-topk-24576x4096",
    "trainer-batch-topk-24576x4096",
    "trainer-matryoshka-24576x4096",
    "trainer-jumprelu-24576x4096",
    "trainer-gated-24576x4096",
    "conv-wta-step",
    "conv-wta-shallow-step",
    "conv-wta-deep-step"
  })
  public String workload;

  /** What dense products may round their operands to. */
  @Param({"FLOAT32", "BF16"})
  public Precision precision;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private Training training;

  @Setup(Level.Trial)
  public void prepare(BenchBackend device) {
    Workload chosen =
        Workload.named(workload)
            .or(() -> Optional.of(ConvStep.DENSE).filter(dense -> dense.name().equals(workload)))
            .orElseThrow(() -> new IllegalArgumentException("no workload is named " + workload));
    training = Training.of(chosen, device.get(), precision);
    List<Double> known = KnownLosses.of(chosen);
    for (int step = 0; step < known.size(); step++) {
      double expected = known.get(step);
      ResultCheck.require("the loss of step " + step, expected, training.step(), 1e-3 * expected);
    }
  }

  @TearDown(Level.Trial)
  public void close() {
    training.close();
  }

  @Benchmark
  public long step(Work work) {
    long before = THREADS.getTotalThreadAllocatedBytes();
    long steps = training.stepUnobserved();
    work.heapBytes += THREADS.getTotalThreadAllocatedBytes() - before;
    work.operations += training.encodingOperations();
    return steps;
  }
}
