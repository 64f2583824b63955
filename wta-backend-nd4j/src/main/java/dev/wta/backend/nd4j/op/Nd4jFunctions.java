package dev.wta.backend.nd4j.op;

import dev.wta.api.op.Dense.Binary;
import dev.wta.api.op.Dense.Unary;
import dev.wta.backend.nd4j.memory.Scope;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.BooleanIndexing;
import org.nd4j.linalg.indexing.conditions.Conditions;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * The functions that dense operations apply to elements, on double-precision arrays. ND4J's own
 * ReLU and softplus do not keep NaN or overflow, so those are put together from parts that do what
 * the SPI says.
 */
public final class Nd4jFunctions {
  private Nd4jFunctions() {}

  /** {@code f(x)}; {@code x} may be overwritten. */
  public static INDArray apply(Unary f, INDArray x, Scope scope) {
    return switch (f) {
      case RELU -> rectify(x);
      case SIGMOID -> Transforms.sigmoid(x, false);
      case TANH -> Transforms.tanh(x, false);
      case EXP -> Transforms.exp(x, false);
      case SQRT -> Transforms.sqrt(x, false);
      case SQUARE -> x.muli(x);
      case ABS -> Transforms.abs(x, false);
      case STEP -> scope.wide(scope.keep(x.gt(0)));
      case SOFTPLUS -> softplus(x, scope);
    };
  }

  /** {@code f(x, y)}, of arrays of one shape; both may be overwritten. */
  public static INDArray apply(Binary f, INDArray x, INDArray y, Scope scope) {
    return switch (f) {
      case ADD -> x.addi(y);
      case SUBTRACT -> x.subi(y);
      case MULTIPLY -> x.muli(y);
      case DIVIDE -> x.divi(y);
      case RELU_GRADIENT -> select(scope.keep(y.gt(0)), x, scope.zeros(x.shape()), scope);
      case SIGMOID_GRADIENT -> x.muli(y).muli(scope.keep(y.rsub(1)));
    };
  }

  /** {@code max(x, 0)} in place, of either precision; NaN stays NaN. */
  public static INDArray rectify(INDArray x) {
    BooleanIndexing.replaceWhere(x, 0, Conditions.lessThan(0));
    return x;
  }

  /** {@code x} where {@code condition} holds and {@code y} elsewhere: a new array. */
  static INDArray select(INDArray condition, INDArray x, INDArray y, Scope scope) {
    return scope.keep(
        Nd4j.exec(DynamicCustomOp.builder("select").addInputs(condition, x, y).build())[0]);
  }

  /** {@code max(x, 0) + log(1 + exp(-|x|))}. */
  private static INDArray softplus(INDArray x, Scope scope) {
    INDArray tail = scope.keep(Transforms.abs(x, true)).negi();
    return rectify(x).addi(Transforms.log1p(Transforms.exp(tail, false), false));
  }
}
