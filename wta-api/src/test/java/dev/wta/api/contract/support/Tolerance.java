package dev.wta.api.contract.support;

import dev.wta.api.op.Dense.Binary;
import dev.wta.api.op.Dense.Unary;
import dev.wta.api.tensor.Shape;

/** How far a float32 result may lie from the reference's, which was rounded once. */
public final class Tolerance {
  /** Half a unit in the last place of 1: the relative error of one rounding. */
  public static final double ROUNDING = 0x1p-24;

  /** Below this lie the subnormal numbers, which a device may flush to zero. */
  public static final double TINY = Float.MIN_NORMAL;

  /** How far outputs of a convolution are apart that may share their rounding. */
  private static final int NEIGHBOURS = 3;

  private Tolerance() {}

  /** For a sum of {@code terms} terms whose magnitudes add up to {@code magnitude}. */
  public static double ofSum(long terms, double magnitude) {
    return (16 + 4 * Math.sqrt((double) terms)) * ROUNDING * magnitude + TINY;
  }

  /** The largest finite magnitude of each plane at most three positions away. */
  public static float[] neighbourhoods(float[] magnitudes, Shape planes) {
    int height = planes.extent(2);
    int width = planes.extent(3);
    float[] largest = magnitudes.clone();
    for (int i = 0; i < largest.length; i++) {
      int x = i % width;
      int y = i / width % height;
      float found = 0;
      for (int v = Math.max(0, y - NEIGHBOURS); v <= Math.min(height - 1, y + NEIGHBOURS); v++) {
        for (int u = Math.max(0, x - NEIGHBOURS); u <= Math.min(width - 1, x + NEIGHBOURS); u++) {
          float magnitude = magnitudes[i + (v - y) * width + u - x];
          if (magnitude <= Float.MAX_VALUE) {
            found = Math.max(found, magnitude);
          }
        }
      }
      largest[i] = found;
    }
    return largest;
  }

  /** For {@code roundings} roundings of a result or of intermediate results no larger than it. */
  public static double relative(int roundings, double magnitude) {
    return roundings * ROUNDING * Math.abs(magnitude) + TINY;
  }

  /** For a function of one number. */
  public static double of(Unary f, double expected) {
    return switch (f) {
      case RELU, SQUARE, ABS, STEP -> 0;
      case SQRT -> relative(4, expected);
      case SIGMOID, TANH, EXP, SOFTPLUS -> 0x1p-20 * Math.max(1, Math.abs(expected));
    };
  }

  /** For a function of two numbers. */
  public static double of(Binary f, double expected) {
    return switch (f) {
      case ADD, SUBTRACT, MULTIPLY, RELU_GRADIENT -> 0;
      case DIVIDE -> relative(4, expected);
      case SIGMOID_GRADIENT -> relative(8, expected);
    };
  }

  /**
   * Whether {@code actual} is {@code expected} to within {@code tolerance}; NaN and infinities
   * exactly.
   */
  public static boolean holds(double actual, double expected, double tolerance) {
    if (Double.isNaN(expected) || Double.isInfinite(expected)) {
      return Double.compare(actual, expected) == 0;
    }
    return Math.abs(actual - expected) <= tolerance;
  }
}
