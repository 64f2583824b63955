package dev.wta.bench.kernel;

import dev.wta.api.op.SelectionRule;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.api.tensor.WinnerList;
import dev.wta.api.tensor.Winners;
import java.util.Arrays;
import java.util.Optional;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Encoding a batch and keeping each sample's largest activations, on a language model's shapes. */
@State(Scope.Benchmark)
public class TopKEncoding {
  public static final int BATCH = 512;
  private static final int INPUTS = 768;
  private static final int UNITS = 6144;
  private static final int WINNERS = 32;
  private static final SelectionRule RULE = new SelectionRule.PerSample(WINNERS);

  /** Floating-point operations of encoding a batch, a multiply-add being two. */
  public static double operations() {
    return 2.0 * BATCH * INPUTS * UNITS;
  }

  private Tensor x;
  private Tensor weights;
  private Tensor bias;
  private Winners winners;

  @Setup(Level.Trial)
  public void fill(BenchBackend device) {
    x = device.operands().normal("x", 1, BATCH, INPUTS);
    weights = device.operands().normal("weights", 0.05f, UNITS, INPUTS);
    bias = device.operands().normal("bias", 0.1f, UNITS);
    Shape code = Shape.of(BATCH, UNITS);
    winners = device.get().memory().allocateWinners(code, RULE.capacity(code));
    encode(device);
    check(device);
  }

  @Benchmark
  public Winners encode(BenchBackend device) {
    device.get().selection().encodeWinners(x, weights, Optional.empty(), bias, RULE, winners);
    return winners;
  }

  /** Some samples' winners, against their activations in double precision, sorted. */
  private void check(BenchBackend device) {
    float[] samples = device.get().memory().download(x);
    float[] rows = device.get().memory().download(weights);
    float[] shifts = device.get().memory().download(bias);
    WinnerList list = device.get().memory().download(winners);
    for (int n = 0; n < BATCH; n += BATCH / 8) {
      double[] activations = new double[UNITS];
      for (int u = 0; u < UNITS; u++) {
        activations[u] = shifts[u];
        for (int i = 0; i < INPUTS; i++) {
          activations[u] += (double) samples[n * INPUTS + i] * rows[u * INPUTS + i];
        }
      }
      double kept = 0;
      for (int w = 0; w < list.count(); w++) {
        kept += list.samples()[w] == n ? list.values()[w] : 0;
      }
      Arrays.sort(activations);
      double best = 0;
      for (int u = UNITS - WINNERS; u < UNITS; u++) {
        best += Math.max(0, activations[u]);
      }
      ResultCheck.require("the winners of sample " + n, best, kept, 1e-2);
    }
  }
}
