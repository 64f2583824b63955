package dev.wta.models.loss;

import dev.wta.api.op.Dense;
import dev.wta.api.op.Sparse;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.models.autodiff.Loss;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.layer.Code;

/**
 * The sum of the winners' values, which are positive: a sparse code's L1 norm; {@link #of} averages
 * it over the samples.
 *
 * @param value a single number
 */
public record WinnersL1(Code.Sparse code, Tensor value) implements Loss.Term {

  public static Loss of(Tape tape, Code.Sparse code) {
    Sparse sparse = tape.backend().sparse();
    int units = code.winners().units();
    Tensor sums = tape.temporary(Shape.of(units));
    Tensor value = tape.temporary(Loss.SCALAR);
    sparse.unitSums(code.winners(), code.coefficients().value(), sums);
    tape.backend().dense().reduceRows(Dense.Reduction.SUM, sums.reshape(Shape.of(1, units)), value);
    return Loss.of(tape.backend(), new WinnersL1(code, value), 1.0 / code.winners().samples());
  }

  @Override
  public void backward(float weight, Tape tape) {
    if (code.coefficients().needsGradient()) {
      Tensor gradient = tape.temporary(code.coefficients().shape());
      tape.backend().memory().fill(gradient, weight);
      code.coefficients().addGradient(gradient);
    }
  }
}
