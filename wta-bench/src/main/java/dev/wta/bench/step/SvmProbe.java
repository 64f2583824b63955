package dev.wta.bench.step;

import dev.wta.api.tensor.Shape;
import dev.wta.bench.kernel.BenchBackend;
import dev.wta.bench.kernel.ResultCheck;
import dev.wta.bench.machine.Work;
import dev.wta.eval.probe.CostChoice;
import dev.wta.eval.probe.LinearClassifier;
import dev.wta.eval.probe.LinearSvm;
import dev.wta.eval.probe.ProbeOptions;
import dev.wta.eval.scaling.FeatureScaling;
import dev.wta.models.Features;
import dev.wta.workloads.ProbeWorkload;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * A linear probe at a given C, from features in the backend's memory to the optimum, see {@link
 * ProbeWorkload}.
 */
@State(Scope.Benchmark)
public class SvmProbe {
  /** Brings the objective to within {@link ProbeWorkload#PRECISION} of its minimum. */
  private static final double TOLERANCE = 1e-3;

  /** What the minimum is compared at. */
  private static final double TIGHT = 1e-6;

  @Param("60000")
  public int samples;

  @Param("2000")
  public int features;

  private int[] labels;
  private Features inputs;
  private LinearClassifier fitted;

  @Setup(Level.Trial)
  public void prepare(BenchBackend device) {
    ProbeWorkload workload = new ProbeWorkload(samples, features);
    labels = workload.labels();
    float[] values = workload.values();
    inputs =
        new Features(device.get(), device.get().memory().of(Shape.of(samples, features), values));
    double minimum = workload.objective(values, fit(TIGHT).weights());
    double reached = workload.objective(values, fit(TOLERANCE).weights());
    ResultCheck.require(
        "the probe's objective", minimum, reached, ProbeWorkload.PRECISION * minimum);
  }

  /** What it needs at the least is to read the features once. */
  @Benchmark
  public LinearClassifier fit(Work work) {
    work.memoryBytes += (long) Float.BYTES * samples * features;
    fitted = fit(TOLERANCE);
    return fitted;
  }

  private LinearClassifier fit(double tolerance) {
    ProbeOptions options =
        ProbeOptions.defaults()
            .withCost(new CostChoice.Fixed(ProbeWorkload.C))
            .withScaling(FeatureScaling.NONE)
            .withTolerance(tolerance);
    return new LinearSvm(options).fit(inputs, labels);
  }

  @TearDown(Level.Trial)
  public void close() {
    inputs.close();
  }
}
