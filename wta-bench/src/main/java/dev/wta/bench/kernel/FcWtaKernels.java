package dev.wta.bench.kernel;

import static dev.wta.workloads.FcStep.BATCH;
import static dev.wta.workloads.FcStep.INPUTS;
import static dev.wta.workloads.FcStep.UNITS;
import static dev.wta.workloads.FcStep.WINNERS;

import dev.wta.api.op.Gradient;
import dev.wta.api.op.SelectionRule;
import dev.wta.api.op.Update;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.api.tensor.WinnerList;
import dev.wta.api.tensor.Winners;
import dev.wta.bench.machine.Work;
import dev.wta.workloads.EncodeWorkload;
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
  private static final SelectionRule LIFETIME = new SelectionRule.Lifetime(WINNERS);
  private static final Update.SgdStep SGD = new Update.SgdStep(1e-6f, 0.9f, 0, false);
  private static final Update.AdamStep ADAM =
      new Update.AdamStep(1e-6f, 0.9f, 0.999f, 1e-8f, 0, false, 10);

  /** Operations of a pass over the winners, a multiply-add being two. */
  private static final long WINNER_OPERATIONS = 2L * UNITS * WINNERS * INPUTS;

  private static final long WEIGHT_BYTES = (long) Float.BYTES * UNITS * INPUTS;

  private static final EncodeWorkload ENCODE = new EncodeWorkload();

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
  public void fill(BenchBackend device) {
    x = device.operands().zeros(BATCH, INPUTS);
    device.get().memory().upload(ENCODE.images(), 0, x);
    weights = device.operands().zeros(UNITS, INPUTS);
    device.get().memory().upload(ENCODE.weights(), 0, weights);
    bias = device.operands().zeros(UNITS);
    outputBias = device.operands().zeros(INPUTS);
    error = device.operands().normal("error", 0.1f, BATCH, INPUTS);
    out = device.operands().zeros(BATCH, INPUTS);
    moment = device.operands().zeros(UNITS, INPUTS);
    secondMoment = device.operands().zeros(UNITS, INPUTS);
    Shape code = Shape.of(BATCH, UNITS);
    winners = device.get().memory().allocateWinners(code, LIFETIME.capacity(code));
    codeGradient = device.operands().zeros(winners.capacity());
    gradient = Gradient.factored(Gradient.Term.of(winners, winners.values(), error));
    select(device);
    check(device);
  }

  @Benchmark
  public Winners encode(BenchBackend device, Work work) {
    work.operations += (long) ENCODE.operations();
    return select(device);
  }

  private Winners select(BenchBackend device) {
    device.get().selection().encodeWinners(x, weights, Optional.empty(), bias, LIFETIME, winners);
    return winners;
  }

  @Benchmark
  public Tensor decode(BenchBackend device, Work work) {
    work.operations += WINNER_OPERATIONS;
    work.bytes += WEIGHT_BYTES;
    device
        .get()
        .sparse()
        .decode(winners, winners.values(), weights, Optional.empty(), Optional.of(outputBias), out);
    return out;
  }

  @Benchmark
  public Tensor codeGradient(BenchBackend device, Work work) {
    work.operations += WINNER_OPERATIONS;
    work.bytes += WEIGHT_BYTES;
    device.get().sparse().codeGradient(winners, error, weights, Optional.empty(), codeGradient);
    return codeGradient;
  }

  @Benchmark
  public Tensor sgd(BenchBackend device, Work work) {
    work.bytes += updateBytes(2);
    device.get().update().sgd(weights, moment, gradient, SGD);
    return weights;
  }

  @Benchmark
  public Tensor adam(BenchBackend device, Work work) {
    work.bytes += updateBytes(3);
    device.get().update().adam(weights, moment, secondMoment, gradient, ADAM);
    return weights;
  }

  /** Bytes of the parameter and its moments that an update reads and writes. */
  private static long updateBytes(int arrays) {
    return 2 * WEIGHT_BYTES * arrays;
  }

  /** Some units' winners, against their activations in double precision, sorted. */
  private void check(BenchBackend device) {
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
      ResultCheck.require("the winners of unit " + u, best, kept, 1e-4);
    }
  }
}
