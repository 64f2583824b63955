package dev.wta.workloads;

/**
 * A dense product, {@code (M, K)} times {@code (K, N)}, both row-major, into memory that exists.
 */
public record GemmWorkload() implements Workload {
  public static final int M = 1152;
  public static final int N = 2048;
  public static final int K = 784;

  @Override
  public String name() {
    return "gemm";
  }

  /** {@code (M, K)}: standard normal. */
  public float[] a() {
    return InitialValues.normal("a", 1, M * K);
  }

  /** {@code (K, N)}: standard normal. */
  public float[] b() {
    return InitialValues.normal("b", 1, K * N);
  }

  /** Floating-point operations, a multiply-add being two. */
  public double operations() {
    return 2.0 * M * N * K;
  }
}
