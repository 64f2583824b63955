package dev.wta.api.reference;

import dev.wta.api.op.Dense.Binary;
import dev.wta.api.op.Dense.Reduction;
import dev.wta.api.op.Dense.Unary;

/** The functions that dense operations apply to elements, in double precision. */
final class ReferenceFunctions {
  private ReferenceFunctions() {}

  static double apply(Unary f, double x) {
    return switch (f) {
      case RELU -> Math.max(x, 0);
      case SIGMOID -> 1 / (1 + Math.exp(-x));
      case TANH -> Math.tanh(x);
      case EXP -> Math.exp(x);
      case SQRT -> Math.sqrt(x);
      case SQUARE -> x * x;
      case ABS -> Math.abs(x);
      case STEP -> x > 0 ? 1 : 0;
      case SOFTPLUS -> Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
    };
  }

  static double apply(Binary f, double x, double y) {
    return switch (f) {
      case ADD -> x + y;
      case SUBTRACT -> x - y;
      case MULTIPLY -> x * y;
      case DIVIDE -> x / y;
      case RELU_GRADIENT -> y > 0 ? x : 0;
      case SIGMOID_GRADIENT -> x * y * (1 - y);
    };
  }

  /** What a reduction of no numbers is. */
  static double empty(Reduction reduction) {
    return switch (reduction) {
      case SUM, SUM_OF_SQUARES -> 0;
      case MAXIMUM -> Double.NEGATIVE_INFINITY;
    };
  }

  /** {@code reduced}, with {@code x} taken in as well. */
  static double reduce(Reduction reduction, double reduced, double x) {
    return switch (reduction) {
      case SUM -> reduced + x;
      case SUM_OF_SQUARES -> reduced + x * x;
      case MAXIMUM -> Math.max(reduced, x);
    };
  }
}
