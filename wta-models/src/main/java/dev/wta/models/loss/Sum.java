package dev.wta.models.loss;

import dev.wta.api.op.Dense;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.models.autodiff.Loss;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.autodiff.Variable;

/**
 * The sum of all elements; {@link #of} averages it over the samples.
 *
 * @param x {@code (samples, ...)}
 * @param value a single number
 */
public record Sum(Variable x, Tensor value) implements Loss.Term {

  /** The sum of a sample's elements, averaged over the samples. */
  public static Loss of(Tape tape, Variable x) {
    Dense dense = tape.backend().dense();
    Tensor value = tape.temporary(Loss.SCALAR);
    Shape row = Shape.of(1, Math.toIntExact(x.value().size()));
    dense.reduceRows(Dense.Reduction.SUM, x.value().reshape(row), value);
    return Loss.of(tape.backend(), new Sum(x, value), 1.0 / x.shape().rows());
  }

  @Override
  public void backward(float weight, Tape tape) {
    if (x.needsGradient()) {
      Tensor gradient = tape.temporary(x.shape());
      tape.backend().memory().fill(gradient, weight);
      x.addGradient(gradient);
    }
  }
}
