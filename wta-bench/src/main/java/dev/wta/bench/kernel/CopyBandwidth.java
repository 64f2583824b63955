package dev.wta.bench.kernel;

import java.util.Arrays;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * How fast a core copies an array of the size of a layer's weights: what kernels that stream
 * parameters are measured against.
 */
@State(Scope.Thread)
public class CopyBandwidth {
  private final float[] source = new float[FcWtaShape.UNITS * FcWtaShape.INPUTS];
  private final float[] target = new float[source.length];

  /** Bytes read and written by one call. */
  public static double bytes() {
    return 2.0 * Float.BYTES * FcWtaShape.UNITS * FcWtaShape.INPUTS;
  }

  @Setup
  public void fill() {
    Arrays.fill(source, 1);
  }

  @Benchmark
  public float[] copy() {
    System.arraycopy(source, 0, target, 0, source.length);
    return target;
  }
}
