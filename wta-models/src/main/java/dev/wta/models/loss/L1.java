package dev.wta.models.loss;

import dev.wta.api.op.Dense;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.models.autodiff.Loss;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.autodiff.Variable;
import dev.wta.models.layer.Code;

/**
 * The sum of absolute values; {@link #of} averages it over the samples. Its gradient at 0 is 0.
 *
 * @param x {@code (samples, units)}
 * @param value a single number
 */
public record L1(Variable x, Tensor value) implements Loss.Term {

  /** The L1 norm of a code, averaged over the samples. */
  public static Loss of(Tape tape, Code code) {
    return switch (code) {
      case Code.Sparse sparse -> ofWinners(tape, sparse);
      case Code.Dense dense -> of(tape, dense.activations());
    };
  }

  public static Loss of(Tape tape, Variable x) {
    Dense dense = tape.backend().dense();
    int samples = x.shape().rows();
    Tensor magnitudes = tape.temporary(x.shape());
    Tensor sums = tape.temporary(Shape.of(samples));
    Tensor value = tape.temporary(Loss.SCALAR);
    dense.map(Dense.Unary.ABS, x.value(), magnitudes);
    dense.reduceRows(Dense.Reduction.SUM, magnitudes, sums);
    dense.reduceRows(Dense.Reduction.SUM, sums.reshape(Shape.of(1, samples)), value);
    return Loss.of(tape.backend(), new L1(x, value), 1.0 / samples);
  }

  @Override
  public void backward(float weight, Tape tape) {
    if (!x.needsGradient()) {
      return;
    }
    Dense dense = tape.backend().dense();
    Tensor gradient = tape.temporary(x.shape());
    Tensor negative = tape.temporary(x.shape());
    dense.map(Dense.Unary.STEP, x.value(), gradient);
    dense.affine(-1, x.value(), 0, negative);
    dense.map(Dense.Unary.STEP, negative, negative);
    dense.axpy(-1, negative, gradient);
    dense.affine(weight, gradient, 0, gradient);
    x.addGradient(gradient);
  }

  /** The sum of the winners' values, which are positive. */
  private static Loss ofWinners(Tape tape, Code.Sparse code) {
    int units = code.winners().units();
    Tensor sums = tape.temporary(Shape.of(units));
    Tensor value = tape.temporary(Loss.SCALAR);
    tape.backend().sparse().unitSums(code.winners(), code.coefficients().value(), sums);
    tape.backend().dense().reduceRows(Dense.Reduction.SUM, sums.reshape(Shape.of(1, units)), value);
    return Loss.of(
        tape.backend(), new Sum(code.coefficients(), value), 1.0 / code.winners().samples());
  }
}
