package dev.wta.bench.kernel;

import dev.wta.api.op.Epilogue;
import dev.wta.api.tensor.Tensor;
import dev.wta.bench.machine.Work;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Dense products of shapes that models and probes use. */
@State(Scope.Benchmark)
public class Gemm {
  /** {@code rows x columns x inner dimension}. */
  @Param({
    "1152x2048x784",
    "100x2000x784",
    "2000x784x100",
    "512x6144x768",
    "60000x10x2000",
    "10x2000x60000"
  })
  public String shape;

  /** Which operands are transposed: n or t for each. */
  @Param({"nn", "nt", "tn"})
  public String transposed;

  private Tensor a;
  private Tensor b;
  private Tensor out;
  private boolean transposeA;
  private boolean transposeB;
  private long operations;

  @Setup(Level.Trial)
  public void fill(BenchBackend device) {
    int[] mnk = ShapeParameter.of(shape);
    transposeA = transposed.charAt(0) == 't';
    transposeB = transposed.charAt(1) == 't';
    RandomTensors operands = device.operands();
    a =
        transposeA
            ? operands.normal("a", 1, mnk[2], mnk[0])
            : operands.normal("a", 1, mnk[0], mnk[2]);
    b =
        transposeB
            ? operands.normal("b", 1, mnk[1], mnk[2])
            : operands.normal("b", 1, mnk[2], mnk[1]);
    out = device.operands().zeros(mnk[0], mnk[1]);
    operations = 2L * mnk[0] * mnk[1] * mnk[2];
    multiply(device);
    check(device, mnk[0], mnk[1], mnk[2]);
  }

  @Benchmark
  public Tensor product(BenchBackend device, Work work) {
    work.operations += operations;
    return multiply(device);
  }

  private Tensor multiply(BenchBackend device) {
    device.get().dense().gemm(a, transposeA, b, transposeB, 1, 0, Epilogue.NONE, out);
    return out;
  }

  /** Some elements, against sums in double precision. */
  private void check(BenchBackend device, int m, int n, int k) {
    float[] left = device.get().memory().download(a);
    float[] right = device.get().memory().download(b);
    float[] product = device.get().memory().download(out);
    for (int probe = 0; probe < 64; probe++) {
      int i = (int) ((long) probe * (m - 1) / 63);
      int j = (int) ((long) (63 - probe) * (n - 1) / 63);
      double sum = 0;
      for (int p = 0; p < k; p++) {
        double x = transposeA ? left[p * m + i] : left[i * k + p];
        double y = transposeB ? right[j * k + p] : right[p * n + j];
        sum += x * y;
      }
      ResultCheck.require("gemm " + shape, sum, product[i * n + j], 1e-4 * Math.sqrt(k));
    }
  }
}
