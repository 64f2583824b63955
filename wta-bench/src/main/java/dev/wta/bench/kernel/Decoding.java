package dev.wta.bench.kernel;

import dev.wta.api.op.SelectionRule;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.api.tensor.WinnerList;
import dev.wta.api.tensor.Winners;
import dev.wta.bench.machine.Work;
import java.util.Optional;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Decoding a batch of sparse codes whose winners are spread over all units. */
@State(Scope.Benchmark)
public class Decoding {
  /** Samples, outputs, units, and the winners of a sample. */
  @Param({"1x768x6144x32", "512x768x6144x32", "512x768x6144x512", "4096x768x24576x32"})
  public String shape;

  private int outputs;
  private int k;
  private Tensor weights;
  private Winners winners;
  private Tensor out;

  @Setup(Level.Trial)
  public void fill(BenchBackend device) {
    int[] sizes = ShapeParameter.of(shape);
    outputs = sizes[1];
    k = sizes[3];
    Shape code = Shape.of(sizes[0], sizes[2]);
    SelectionRule rule = new SelectionRule.PerSample(k);
    weights = device.operands().normal("weights", 0.05f, sizes[2], outputs);
    out = device.operands().zeros(sizes[0], outputs);
    winners = device.get().memory().allocateWinners(code, rule.capacity(code));
    Tensor activations = device.operands().normal("activations", 1, sizes[0], sizes[2]);
    device.get().selection().select(activations, rule, winners);
    activations.close();
    decode(device);
    check(device);
  }

  @Benchmark
  public Tensor decode(BenchBackend device, Work work) {
    work.operations += 2L * winners.code().rows() * k * outputs;
    return decode(device);
  }

  private Tensor decode(BenchBackend device) {
    device
        .get()
        .sparse()
        .decode(winners, winners.values(), weights, Optional.empty(), Optional.empty(), out);
    return out;
  }

  /** The first sample's first number, against its sum in double precision. */
  private void check(BenchBackend device) {
    float[] rows = device.get().memory().download(weights);
    WinnerList list = device.get().memory().download(winners);
    double sum = 0;
    for (int w = 0; w < list.count(); w++) {
      if (list.samples()[w] == 0) {
        sum += (double) list.values()[w] * rows[list.units()[w] * outputs];
      }
    }
    ResultCheck.require("the first output", sum, device.get().memory().download(out)[0], 1e-3);
  }
}
