package dev.wta.bench;

import static dev.wta.bench.kernel.FcWtaShape.BATCH;

import dev.wta.bench.kernel.FcWtaKernels;
import dev.wta.bench.kernel.FcWtaShape;
import dev.wta.bench.kernel.Gemm;
import dev.wta.bench.step.FcWtaStep;
import java.util.List;
import java.util.Map;

/**
 * Something whose speed users care about, and what the machine would allow.
 *
 * @param name what {@code --workload} calls it
 * @param unit what is counted, per second
 * @param inTable whether it is measured where no workload is named
 * @param benchmark the JMH benchmark's method, with its class
 * @param parameters the benchmark's parameters
 * @param perCall units that one call of the benchmark does
 * @param cost what a call costs at the least
 */
record Workload(
    String name,
    String unit,
    boolean inTable,
    String benchmark,
    Map<String, String> parameters,
    double perCall,
    Cost cost) {

  /**
   * What bounds a call: whichever takes longer.
   *
   * @param operations floating-point operations, done at the measured peak
   * @param bytes bytes read and written, at the measured bandwidth
   */
  record Cost(double operations, double bytes) {
    double seconds(Peak peak) {
      return Math.max(operations / peak.operationsPerSecond(), bytes / peak.bytesPerSecond());
    }
  }

  /** What the machine can do at most, with the threads that the workloads are given. */
  record Peak(double operationsPerSecond, double bytesPerSecond) {}

  /** The most units a second that the machine allows. */
  double bound(Peak peak) {
    return perCall / cost.seconds(peak);
  }

  /** All of them, in the order of the table. */
  static List<Workload> all() {
    return List.of(
        gemm("gemm", true, "1152x2048x784", "nn"),
        gemm("gemm-encode", false, "100x2000x784", "nt"),
        gemm("gemm-weights", false, "2000x784x100", "tn"),
        gemm("gemm-probe", false, "60000x10x2000", "nt"),
        gemm("gemm-probe-gradient", false, "10x2000x60000", "tn"),
        kernel("encode", true, new Cost(FcWtaShape.encodingOperations(), 0)),
        kernel("decode", false, new Cost(FcWtaKernels.winnerOperations(), 0)),
        kernel("code-gradient", "codeGradient", new Cost(FcWtaKernels.winnerOperations(), 0)),
        kernel("sgd", false, new Cost(0, FcWtaKernels.updateBytes(1))),
        kernel("adam", false, new Cost(0, FcWtaKernels.updateBytes(2))),
        step("fc-wta-step", true, "sgd", false),
        step("fc-wta-step-adam", false, "adam", false),
        step("fc-wta-step-tied", false, "sgd", true));
  }

  private static Workload gemm(String name, boolean inTable, String shape, String transposed) {
    double operations = Gemm.operations(shape);
    return new Workload(
        name,
        "GFLOP/s",
        inTable,
        Gemm.class.getName() + ".product",
        Map.of("shape", shape, "transposed", transposed),
        operations / 1e9,
        new Cost(operations, 0));
  }

  private static Workload kernel(String name, boolean inTable, Cost cost) {
    return new Workload(
        name,
        "images/s",
        inTable,
        FcWtaKernels.class.getName() + "." + name,
        Map.of(),
        BATCH,
        cost);
  }

  private static Workload kernel(String name, String method, Cost cost) {
    return new Workload(
        name,
        "images/s",
        false,
        FcWtaKernels.class.getName() + "." + method,
        Map.of(),
        BATCH,
        cost);
  }

  /** A step's bound is its encoding: all else is in proportion to the winners. */
  private static Workload step(String name, boolean inTable, String optimizer, boolean tied) {
    return new Workload(
        name,
        "images/s",
        inTable,
        FcWtaStep.class.getName() + ".step",
        Map.of("optimizer", optimizer, "tied", String.valueOf(tied)),
        BATCH,
        new Cost(FcWtaShape.encodingOperations(), 0));
  }
}
