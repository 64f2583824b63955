package dev.wta.models.loss;

import dev.wta.api.op.Dense;
import dev.wta.api.tensor.Tensor;
import dev.wta.models.autodiff.Loss;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.autodiff.Variable;

/**
 * The squared error of a reconstruction, summed over inputs and samples; {@link #of} averages it
 * over the samples.
 *
 * @param prediction {@code (samples, outputs)}
 * @param target {@code (samples, outputs)}
 * @param error {@code prediction - target}
 * @param value a single number
 */
public record SquaredError(Variable prediction, Variable target, Tensor error, Tensor value)
    implements Loss.Term {

  public static Loss of(Tape tape, Variable prediction, Variable target) {
    Tensor error = tape.temporary(prediction.shape());
    Tensor value = tape.temporary(Loss.SCALAR);
    tape.backend().dense().squaredError(prediction.value(), target.value(), error, value);
    return Loss.of(
        tape.backend(),
        new SquaredError(prediction, target, error, value),
        1.0 / prediction.shape().rows());
  }

  @Override
  public void backward(float weight, Tape tape) {
    Dense dense = tape.backend().dense();
    if (prediction.needsGradient()) {
      Tensor gradient = tape.temporary(error.shape());
      dense.affine(2 * weight, error, 0, gradient);
      prediction.addGradient(gradient);
    }
    if (target.needsGradient()) {
      Tensor gradient = tape.temporary(error.shape());
      dense.affine(-2 * weight, error, 0, gradient);
      target.addGradient(gradient);
    }
  }
}
