package dev.wta.api.op;

import dev.wta.api.tensor.Tensor;

/**
 * Dense operations. Outputs may be the same tensor as an element-wise operation's input, and must
 * not overlap any input otherwise. Matrices are {@code (rows, rowSize)}: a tensor of higher rank is
 * read as its rows. Element-wise operands are the same matrix; vectors (a row, a column, labels)
 * need only the right number of elements.
 *
 * <p>NaN propagates, through maxima and minima too; only comparisons ({@link Unary#STEP}, {@link
 * Binary#RELU_GRADIENT}) return 0 for it.
 */
public interface Dense {

  /**
   * {@code out = epilogue(alpha * op(a) * op(b) + beta * out)} with {@code op} the transpose where
   * asked for. With {@code beta == 0}, {@code out} is not read, so it may hold NaN. With {@code
   * alpha == 0}, {@code a} and {@code b} need not be read, so NaN there may or may not get through.
   *
   * @param a {@code (m, k)}, or {@code (k, m)} if transposed
   * @param b {@code (k, n)}, or {@code (n, k)} if transposed
   * @param epilogue its bias is {@code (n)}
   * @param out {@code (m, n)}
   */
  void gemm(
      Tensor a,
      boolean transposeA,
      Tensor b,
      boolean transposeB,
      float alpha,
      float beta,
      Epilogue epilogue,
      Tensor out);

  /**
   * The product with a weighted normal matrix, for several vectors side by side: {@code scores =
   * weights * (x v' + bias)} element by element, and {@code out = scores' x}. A least-squares
   * problem's Hessian is one, and so is a support-vector machine's, whose weights are 0 for most
   * samples: what has the weight 0 need not be computed, so NaN there may or may not get through.
   *
   * @param x {@code (samples, columns)}
   * @param v {@code (vectors, columns)}
   * @param bias {@code (vectors)}
   * @param weights {@code (samples, vectors)}
   * @param scores {@code (samples, vectors)}
   * @param out {@code (vectors, columns)}
   */
  default void normalProduct(
      Tensor x, Tensor v, Tensor bias, Tensor weights, Tensor scores, Tensor out) {
    gemm(x, false, v, true, 1, 0, Epilogue.bias(bias), scores);
    zip(Binary.MULTIPLY, scores, weights, scores);
    gemm(scores, true, x, false, 1, 0, Epilogue.NONE, out);
  }

  /** {@code out[j, i] = x[i, j]}. */
  void transpose(Tensor x, Tensor out);

  /** {@code out = f(x)}, element by element. */
  void map(Unary f, Tensor x, Tensor out);

  /** {@code out = f(x, y)}, element by element. */
  void zip(Binary f, Tensor x, Tensor y, Tensor out);

  /** {@code out[i, j] = f(x[i, j], row[j])}: {@code row} has {@code x}'s row size. */
  void zipRow(Binary f, Tensor x, Tensor row, Tensor out);

  /** {@code out[i, j] = f(x[i, j], column[i])}: {@code column} has {@code x}'s number of rows. */
  void zipColumn(Binary f, Tensor x, Tensor column, Tensor out);

  /** {@code out = scale * x + shift}. */
  void affine(float scale, Tensor x, float shift, Tensor out);

  /** {@code out = min(max(x, low), high)}; NaN stays NaN. */
  void clip(Tensor x, float low, float high, Tensor out);

  /** {@code y += alpha * x}. */
  void axpy(float alpha, Tensor x, Tensor y);

  /** {@code out[i] = reduction over j of x[i, j]}: {@code out} has {@code x}'s number of rows. */
  void reduceRows(Reduction reduction, Tensor x, Tensor out);

  /** {@code out[j] = reduction over i of x[i, j]}: {@code out} has {@code x}'s row size. */
  void reduceColumns(Reduction reduction, Tensor x, Tensor out);

  /** The sum of all elements, accumulated in double precision. Waits for the device. */
  double sum(Tensor x);

  /**
   * The sum of all products {@code x[i] * y[i]}, accumulated in double precision. Waits for the
   * device.
   */
  double dot(Tensor x, Tensor y);

  /**
   * The squared error of a batch: {@code error = prediction - target} and {@code loss[0] = sum of
   * error^2}, accumulated in double precision. {@code 2 * error} is the loss's gradient with
   * respect to the prediction.
   *
   * @param error may be the prediction or the target itself
   * @param loss a single number
   */
  void squaredError(Tensor prediction, Tensor target, Tensor error, Tensor loss);

  /**
   * The softmax cross-entropy: {@code loss[0] = sum over i of -log softmax(logits[i])[label[i]]}
   * and {@code gradient = softmax(logits) - onehot(labels)}.
   *
   * @param logits {@code (samples, classes)}
   * @param labels {@code (samples)}: class indices as whole numbers; a label that is no class makes
   *     its sample's gradient and the loss NaN
   * @param gradient {@code (samples, classes)}
   * @param loss a single number
   */
  void softmaxCrossEntropy(Tensor logits, Tensor labels, Tensor gradient, Tensor loss);

  /** Functions of one number. */
  enum Unary {
    RELU,
    SIGMOID,
    TANH,
    EXP,
    SQRT,
    SQUARE,
    ABS,
    /** 1 where positive, else 0. */
    STEP,
    /** {@code log(1 + exp(x))}, without overflow. */
    SOFTPLUS
  }

  /** Functions of two numbers. */
  enum Binary {
    ADD,
    SUBTRACT,
    MULTIPLY,
    DIVIDE,
    /**
     * {@code x} where {@code y > 0}, else 0: the gradient {@code x} through a ReLU whose output is
     * {@code y}.
     */
    RELU_GRADIENT,
    /**
     * {@code x * y * (1 - y)}: the gradient {@code x} through a sigmoid whose output is {@code y}.
     */
    SIGMOID_GRADIENT
  }

  /**
   * Ways to reduce a row or a column to one number. Of no numbers, a sum is 0 and the maximum
   * negative infinity.
   */
  enum Reduction {
    SUM,
    SUM_OF_SQUARES,
    MAXIMUM
  }
}
