package dev.wta.bench.kernel;

import java.util.Arrays;

/** Shapes as parameters of benchmarks write them: {@code 100x2000}. */
final class ShapeParameter {
  private ShapeParameter() {}

  static int[] of(String shape) {
    return Arrays.stream(shape.split("x", -1)).mapToInt(Integer::parseInt).toArray();
  }
}
