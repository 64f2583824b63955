package dev.wta.bench.kernel;

import static dev.wta.bench.kernel.FcWtaShape.BATCH;
import static dev.wta.bench.kernel.FcWtaShape.INPUTS;
import static dev.wta.bench.kernel.FcWtaShape.UNITS;
import static dev.wta.bench.kernel.FcWtaShape.WINNERS;

import dev.wta.api.Gradient;
import dev.wta.api.Rule;
import dev.wta.api.Shape;
import dev.wta.api.Tensor;
import dev.wta.api.Update;
import dev.wta.api.WinnerList;
import dev.wta.api.Winners;
import java.util.Arrays;
import java.util.Optional;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** The kernels of an FC-WTA step, one by one, on the step's shapes. */
@State(Scope.Benchmark)
public class FcWtaKernels {
  private static final Rule LIFETIME = new Rule.PerColumn(WINNERS);
  private static final Update.SgdStep SGD = new Update.SgdStep(1e-6f, 0.9f, 0, false);
  private static final Update.AdamStep ADAM =
      new Update.AdamStep(1e-6f, 0.9f, 0.999f, 1e-8f, 0, false, 10);

  /** Bytes of the parameter and its moments that an update reads and writes. */
  public static double updateBytes(int moments) {
    return 2.0 * Float.BYTES * UNITS * INPUTS * (1 + moments);
  }

  /** Floating-point operations of a pass over the winners, a multiply-add being two. */
  public static double winnerOperations() {
    return 2.0 * UNITS * WINNERS * INPUTS;
  }

  private Tensor x;
  private Tensor weights;
  private Tensor bias;
  private Tensor outputBias;
  private Tensor error;
  private Tensor out;
  private Tensor moment;
  private Tensor secondMoment;
  private Tensor codeGradient;
  private Winners winners;
  private Gradient gradient;

  @Setup(Level.Trial)
  public void fill(Device device) {
    x = device.zeros(BATCH, INPUTS);
    device.get().memory().upload(FcWtaShape.images(BATCH), 0, x);
    weights = device.normal("weights", 0.01f, UNITS, INPUTS);
    bias = device.zeros(UNITS);
    outputBias = device.zeros(INPUTS);
    error = device.normal("error", 0.1f, BATCH, INPUTS);
    out = device.zeros(BATCH, INPUTS);
    moment = device.zeros(UNITS, INPUTS);
    secondMoment = device.zeros(UNITS, INPUTS);
    Shape code = Shape.of(BATCH, UNITS);
    winners = device.get().memory().allocateWinners(code, LIFETIME.capacity(code));
    codeGradient = device.zeros(winners.capacity());
    gradient = Gradient.factored(Gradient.Term.of(winners, winners.values(), error));
    encode(device);
    check(device);
  }

  @Benchmark
  public Winners encode(Device device) {
    device.get().competition().encodeWinners(x, weights, bias, LIFETIME, winners);
    return winners;
  }

  @Benchmark
  public Tensor decode(Device device) {
    device.get().sparse().decode(winners, winners.values(), weights, Optional.of(outputBias), out);
    return out;
  }

  @Benchmark
  public Tensor codeGradient(Device device) {
    device.get().sparse().codeGradient(winners, error, weights, codeGradient);
    return codeGradient;
  }

  @Benchmark
  public Tensor sgd(Device device) {
    device.get().update().sgd(weights, moment, gradient, SGD);
    return weights;
  }

  @Benchmark
  public Tensor adam(Device device) {
    device.get().update().adam(weights, moment, secondMoment, gradient, ADAM);
    return weights;
  }

  /** Some units' winners, against their activations in double precision, sorted. */
  private void check(Device device) {
    float[] samples = device.get().memory().download(x);
    float[] rows = device.get().memory().download(weights);
    WinnerList list = device.get().memory().download(winners);
    for (int u = 0; u < UNITS; u += UNITS / 10) {
      double[] activations = new double[BATCH];
      for (int n = 0; n < BATCH; n++) {
        for (int i = 0; i < INPUTS; i++) {
          activations[n] += (double) samples[n * INPUTS + i] * rows[u * INPUTS + i];
        }
      }
      double kept = 0;
      for (int w = 0; w < list.count(); w++) {
        kept += list.units()[w] == u ? list.values()[w] : 0;
      }
      Arrays.sort(activations);
      double best = 0;
      for (int n = BATCH - WINNERS; n < BATCH; n++) {
        best += Math.max(0, activations[n]);
      }
      Agreement.require("the winners of unit " + u, best, kept, 1e-4);
    }
  }
}
