package dev.wta.models.loss;

import dev.wta.api.tensor.Tensor;
import dev.wta.models.autodiff.Loss;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.autodiff.Variable;

/**
 * The logistic loss of several classes, {@code -log softmax(scores)[label]}, summed over the
 * samples; {@link #of} averages it.
 *
 * @param scores {@code (samples, classes)}
 * @param gradient of the sum with respect to the scores
 * @param value a single number
 */
public record CrossEntropy(Variable scores, Tensor gradient, Tensor value) implements Loss.Term {

  /**
   * The mean loss of the samples.
   *
   * @param labels {@code (samples)}: classes as whole numbers
   */
  public static Loss of(Tape tape, Variable scores, Tensor labels) {
    Tensor gradient = tape.temporary(scores.shape());
    Tensor value = tape.temporary(Loss.SCALAR);
    tape.backend().dense().softmaxCrossEntropy(scores.value(), labels, gradient, value);
    return Loss.of(
        tape.backend(), new CrossEntropy(scores, gradient, value), 1.0 / scores.shape().rows());
  }

  @Override
  public void backward(float weight, Tape tape) {
    if (scores.needsGradient()) {
      Tensor scaled = tape.temporary(scores.shape());
      tape.backend().dense().affine(weight, gradient, 0, scaled);
      scores.addGradient(scaled);
    }
  }
}
