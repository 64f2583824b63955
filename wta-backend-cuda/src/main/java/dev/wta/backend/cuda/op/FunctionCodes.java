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
      case SQRT -> 4;
      case SQUARE -> 5;
      case ABS -> 6;
      case STEP -> 7;
      case SOFTPLUS -> 8;
    };
  }

  public static int of(Binary function) {
    return switch (function) {
      case ADD -> 0;
      case SUBTRACT -> 1;
      case MULTIPLY -> 2;
      case DIVIDE -> 3;
      case RELU_GRADIENT -> 4;
      case SIGMOID_GRADIENT -> 5;
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
