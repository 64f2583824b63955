package dev.wta.bench.machine;

import java.util.Arrays;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * How fast a core copies an array: what kernels that stream their data are measured against. One
 * size is that of a layer's weights, the other is beyond the caches.
 */
@State(Scope.Thread)
public class CopyBandwidth {
  /** An array the size of 784 x 2000 weights. */
  public static final String CACHED = "6";

  /** An array that no cache holds. */
  public static final String BEYOND = "128";

  @Param({CACHED, BEYOND})
  public int megabytes;

  private float[] source;
  private float[] target;

  @Setup
  public void fill() {
    source = new float[megabytes * (1_000_000 / Float.BYTES)];
    target = new float[source.length];
    Arrays.fill(source, 1);
  }

  @Benchmark
  public float[] copy(Work work) {
    System.arraycopy(source, 0, target, 0, source.length);
    work.bytes += 2L * Float.BYTES * source.length;
    return target;
  }
}
