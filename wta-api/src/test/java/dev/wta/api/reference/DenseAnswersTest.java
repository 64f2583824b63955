package dev.wta.api.reference;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wta.api.op.Dense;
import dev.wta.api.op.Dense.Binary;
import dev.wta.api.op.Dense.Reduction;
import dev.wta.api.op.Dense.Unary;
import dev.wta.api.op.Epilogue;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import org.junit.jupiter.api.Test;

class DenseAnswersTest extends KnownAnswers {
  private static final float INFINITY = Float.POSITIVE_INFINITY;
  private final Dense dense = backend.dense();

  @Test
  void gemm() {
    Tensor a = tensor(Shape.of(2, 3), 1, 2, 3, 4, 5, 6);
    Tensor b = tensor(Shape.of(3, 2), 7, 8, 9, 10, 11, 12);
    Tensor out = tensor(Shape.of(2, 2), Float.NaN, Float.NaN, Float.NaN, Float.NaN);
    dense.gemm(a, false, b, false, 1, 0, Epilogue.NONE, out);
    assertHolds(out, 58, 64, 139, 154);
    dense.gemm(a, false, b, false, 2, -1, Epilogue.bias(vector(1, -300)), out);
    assertHolds(out, 59, -236, 140, -146);
    dense.gemm(a, false, b, false, 1, 0, Epilogue.biasRelu(vector(-60, 0)), out);
    assertHolds(out, 0, 64, 79, 154);
  }

  @Test
  void gemmTransposes() {
    Tensor a = tensor(Shape.of(2, 3), 1, 2, 3, 4, 5, 6);
    Tensor b = tensor(Shape.of(2, 2), 1, 10, 100, 1000);
    Tensor product = output(3, 2);
    dense.gemm(a, true, b, false, 1, 0, Epilogue.NONE, product); // (3, 2) times (2, 2)
    assertHolds(product, 401, 4010, 502, 5020, 603, 6030);
    dense.gemm(a, true, b, true, 1, 0, Epilogue.NONE, product);
    assertHolds(product, 41, 4100, 52, 5200, 63, 6300);
    Tensor gram = output(2, 2);
    dense.gemm(a, false, a, true, 1, 0, Epilogue.NONE, gram); // operands may be one tensor
    assertHolds(gram, 14, 32, 32, 77);
  }

  @Test
  void unaryFunctions() {
    assertMap(Unary.RELU, new float[] {-1, 0, 2, Float.NaN}, 0, 0, 2, Float.NaN);
    assertMap(Unary.SIGMOID, new float[] {0, 2, -100}, 0.5f, 0.8807971f, 0);
    assertMap(Unary.TANH, new float[] {0, 1, -50}, 0, 0.7615942f, -1);
    assertMap(Unary.EXP, new float[] {0, 1, -INFINITY}, 1, 2.7182817f, 0);
    assertMap(Unary.SQRT, new float[] {9, 2, -1}, 3, 1.4142135f, Float.NaN);
    assertMap(Unary.SQUARE, new float[] {-3, 0.5f}, 9, 0.25f);
    assertMap(Unary.ABS, new float[] {-3, 0.5f}, 3, 0.5f);
    assertMap(Unary.STEP, new float[] {-3, 0, 0.5f, Float.NaN}, 0, 0, 1, 0);
    assertMap(Unary.SOFTPLUS, new float[] {0, 200, -200}, 0.6931472f, 200, 0);
  }

  private void assertMap(Unary f, float[] x, float... expected) {
    Tensor out = output(x.length);
    dense.map(f, vector(x), out);
    assertHolds(out, expected);
  }

  @Test
  void binaryFunctions() {
    float nan = Float.NaN;
    assertZip(Binary.ADD, 5, -2, 3, nan);
    assertZip(Binary.SUBTRACT, 1, 4, 3, nan);
    assertZip(Binary.MULTIPLY, 6, -3, 0, nan);
    assertZip(Binary.DIVIDE, 1.5f, -1 / 3f, INFINITY, nan);
    assertZip(Binary.RELU_GRADIENT, 3, 0, 0, nan);
    assertZip(Binary.SIGMOID_GRADIENT, -6, -12, 0, nan);
  }

  private void assertZip(Binary f, float... expected) {
    Tensor out = output(4);
    dense.zip(f, vector(3, 1, 3, Float.NaN), vector(2, -3, 0, 1), out);
    assertHolds(out, expected);
  }

  @Test
  void rowsAndColumnsAreSpread() {
    Tensor x = tensor(Shape.of(2, 3), 1, 2, 3, 4, 5, 6);
    Tensor out = output(2, 3);
    dense.zipRow(Binary.SUBTRACT, x, vector(1, 2, 3), out);
    assertHolds(out, 0, 0, 0, 3, 3, 3);
    dense.zipColumn(Binary.DIVIDE, x, vector(1, 2), out);
    assertHolds(out, 1, 2, 3, 2, 2.5f, 3);
    Tensor transposed = output(3, 2);
    dense.transpose(x, transposed);
    assertHolds(transposed, 1, 4, 2, 5, 3, 6);
  }

  @Test
  void linearMaps() {
    Tensor x = vector(1, -2, Float.NaN);
    Tensor out = output(3);
    dense.affine(2, x, 1, out);
    assertHolds(out, 3, -3, Float.NaN);
    dense.clip(x, -1, 0.5f, out);
    assertHolds(out, 0.5f, -1, Float.NaN);
    Tensor y = vector(10, 10, 10);
    dense.axpy(-3, x, y);
    assertHolds(y, 7, 16, Float.NaN);
  }

  @Test
  void reductions() {
    Tensor x = tensor(Shape.of(2, 3), 1, -2, 3, -4, -5, -6);
    Tensor rows = output(2);
    Tensor columns = output(3);
    dense.reduceRows(Reduction.SUM, x, rows);
    assertHolds(rows, 2, -15);
    dense.reduceRows(Reduction.SUM_OF_SQUARES, x, rows);
    assertHolds(rows, 14, 77);
    dense.reduceRows(Reduction.MAXIMUM, x, rows);
    assertHolds(rows, 3, -4);
    dense.reduceColumns(Reduction.SUM, x, columns);
    assertHolds(columns, -3, -7, -3);
    dense.reduceColumns(Reduction.SUM_OF_SQUARES, x, columns);
    assertHolds(columns, 17, 29, 45);
    dense.reduceColumns(Reduction.MAXIMUM, x, columns);
    assertHolds(columns, 1, -2, 3);
    assertThat(dense.sum(x)).isEqualTo(-13);
    assertThat(dense.dot(x, x)).isEqualTo(91);
  }

  @Test
  void reductionsOfNothing() {
    Tensor nothing = output(0, 2);
    Tensor columns = vector(7, 7);
    dense.reduceColumns(Reduction.SUM, nothing, columns);
    assertHolds(columns, 0, 0);
    dense.reduceColumns(Reduction.MAXIMUM, nothing, columns);
    assertHolds(columns, -INFINITY, -INFINITY);
    assertThat(dense.sum(nothing)).isZero();
  }

  @Test
  void squaredError() {
    Tensor error = output(2, 2);
    Tensor loss = output(1);
    Tensor prediction = tensor(Shape.of(2, 2), 1, 2, 3, 4);
    dense.squaredError(prediction, tensor(Shape.of(2, 2), 1, 0, 4, 1), error, loss);
    assertHolds(error, 0, 2, -1, 3);
    assertHolds(loss, 14);
  }

  @Test
  void softmaxCrossEntropy() {
    Tensor gradient = output(2, 3);
    Tensor loss = output(1);
    float ln2 = (float) Math.log(2);
    Tensor logits = tensor(Shape.of(2, 3), 0, ln2, 0, 1000, 1000, -1000);
    dense.softmaxCrossEntropy(logits, vector(1, 0), gradient, loss);
    assertHolds(gradient, 0.25f, -0.5f, 0.25f, -0.5f, 0.5f, 0);
    assertHolds(loss, 2 * ln2);
  }
}
