package dev.wta.models.layer;

import dev.wta.api.op.Dense;
import dev.wta.api.tensor.Tensor;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.autodiff.Variable;

/** Arithmetic on whole variables, element by element or row by row. */
public final class Arithmetic {
  private Arithmetic() {}

  /** {@code x + y}, two of one shape. */
  public static Variable add(Tape tape, Variable x, Variable y) {
    Tensor out = tape.temporary(x.shape());
    tape.backend().dense().zip(Dense.Binary.ADD, x.value(), y.value(), out);
    return tape.computed(
        out,
        gradient -> {
          if (x.needsGradient()) {
            x.addGradient(gradient);
          }
          if (y.needsGradient()) {
            y.addGradient(gradient);
          }
        },
        x,
        y);
  }

  /** {@code factor * x}. */
  public static Variable scale(Tape tape, double factor, Variable x) {
    return tape.computed(
        scaled(tape, (float) factor, x.value()),
        gradient -> x.addGradient(scaled(tape, (float) factor, gradient)),
        x);
  }

  private static Tensor scaled(Tape tape, float factor, Tensor x) {
    Tensor out = tape.temporary(x.shape());
    tape.backend().dense().affine(factor, x, 0, out);
    return out;
  }

  /** {@code x + row} for each row of x: a bias {@code (x's row size)}. */
  public static Variable addRow(Tape tape, Variable x, Variable row) {
    return shiftRows(tape, x, row, Dense.Binary.ADD);
  }

  /** {@code x - row} for each row of x, such as the pre-encoder bias of TopK autoencoders. */
  public static Variable subtractRow(Tape tape, Variable x, Variable row) {
    return shiftRows(tape, x, row, Dense.Binary.SUBTRACT);
  }

  private static Variable shiftRows(Tape tape, Variable x, Variable row, Dense.Binary shift) {
    Dense dense = tape.backend().dense();
    Tensor out = tape.temporary(x.shape());
    dense.zipRow(shift, x.value(), row.value(), out);
    return tape.computed(
        out,
        gradient -> {
          if (x.needsGradient()) {
            x.addGradient(gradient);
          }
          if (row.needsGradient()) {
            Tensor rowGradient = tape.temporary(row.shape());
            dense.reduceColumns(Dense.Reduction.SUM, gradient, rowGradient);
            if (shift == Dense.Binary.SUBTRACT) {
              dense.affine(-1, rowGradient, 0, rowGradient);
            }
            row.addGradient(rowGradient);
          }
        },
        x,
        row);
  }

  /**
   * {@code count} rows of x from row {@code from}: a view. The other rows get no gradient through
   * it.
   */
  public static Variable rows(Tape tape, Variable x, int from, int count) {
    return tape.computed(
        x.value().rows(from, count),
        gradient -> {
          Tensor whole = tape.temporary(x.shape());
          tape.backend().memory().fill(whole, 0);
          tape.backend().memory().copy(gradient, whole.rows(from, count));
          x.addGradient(whole);
        },
        x);
  }

  /** {@code 1 / (1 + exp(-x))}, element by element. */
  public static Variable sigmoid(Tape tape, Variable x) {
    return function(tape, Dense.Unary.SIGMOID, Dense.Binary.SIGMOID_GRADIENT, x);
  }

  /** {@code exp(x)}, element by element. */
  public static Variable exponential(Tape tape, Variable x) {
    return function(tape, Dense.Unary.EXP, Dense.Binary.MULTIPLY, x);
  }

  /** A function whose gradient follows from the output's gradient and the output. */
  private static Variable function(
      Tape tape, Dense.Unary function, Dense.Binary derivative, Variable x) {
    Dense dense = tape.backend().dense();
    Tensor out = tape.temporary(x.shape());
    dense.map(function, x.value(), out);
    return tape.computed(
        out,
        outputGradient -> {
          Tensor gradient = tape.temporary(x.shape());
          dense.zip(derivative, outputGradient, out, gradient);
          x.addGradient(gradient);
        },
        x);
  }
}
