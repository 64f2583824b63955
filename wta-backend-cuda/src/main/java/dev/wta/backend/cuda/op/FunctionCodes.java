package dev.wta.backend.cuda.op;

import dev.wta.api.op.Dense.Binary;
import dev.wta.api.op.Dense.Reduction;
import dev.wta.api.op.Dense.Unary;

/** The numbers by which kernels know functions: {@code elementwise.cu} and {@code reduce.cu}. */
public final class FunctionCodes {
  private FunctionCodes() {}

  public static int of(Unary function) {
    return switch (function) {
      case RELU -> 0;
      case SIGMOID -> 1;
      case TANH -> 2;
      case EXP -> 3;
      case LOG -> 4;
      case SQRT -> 5;
      case SQUARE -> 6;
      case ABS -> 7;
      case STEP -> 8;
      case SOFTPLUS -> 9;
      case RECIPROCAL -> 10;
    };
  }

  public static int of(Binary function) {
    return switch (function) {
      case ADD -> 0;
      case SUBTRACT -> 1;
      case MULTIPLY -> 2;
      case DIVIDE -> 3;
      case MAXIMUM -> 4;
      case MINIMUM -> 5;
      case RELU_GRADIENT -> 6;
      case SIGMOID_GRADIENT -> 7;
    };
  }

  static int of(Reduction reduction) {
    return switch (reduction) {
      case SUM -> 0;
      case SUM_OF_SQUARES -> 1;
      case MAXIMUM -> 2;
    };
  }
}
