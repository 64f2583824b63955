package dev.wta.models.layer;

import dev.wta.api.op.Gradient;
import dev.wta.api.op.SelectionRule;
import dev.wta.api.op.Sparse;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.api.tensor.Winners;
import dev.wta.models.autodiff.Operation;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.autodiff.Variable;
import java.util.Optional;

/**
 * A rectified layer and its competition in one: the losers are never stored, and the gradients are
 * driven by the winners. A winner is positive, so the rectifier's derivative there is 1.
 *
 * @param x {@code (samples, inputs)}
 * @param weights {@code (units, inputs)}
 * @param bias {@code (units)}
 * @param output the winners' coefficients
 */
public record EncodeWinners(
    Variable x, Variable weights, Variable bias, Winners winners, Variable output)
    implements Operation {

  public static Code.Sparse run(
      Tape tape, Variable x, Variable weights, Variable bias, SelectionRule rule) {
    Winners winners =
        tape.temporaryWinners(Shape.of(x.shape().rows(), weights.shape().rows()), rule);
    tape.backend()
        .competition()
        .encodeWinners(x.value(), weights.value(), Optional.empty(), bias.value(), rule, winners);
    return of(tape, winners, winners.values(), x, weights, bias);
  }

  /**
   * The code of winners that were selected before.
   *
   * @param values of {@code x * weights' + bias} at the winners, {@code (capacity)}; not
   *     necessarily positive
   */
  public static Code.Sparse of(
      Tape tape, Winners winners, Tensor values, Variable x, Variable weights, Variable bias) {
    Variable output = tape.result(values, x, weights, bias);
    tape.record(new EncodeWinners(x, weights, bias, winners, output));
    return new Code.Sparse(winners, output);
  }

  @Override
  public void backward(Tensor outputGradient, Tape tape) {
    Sparse sparse = tape.backend().sparse();
    if (weights.needsGradient()) {
      weights.addTerm(Gradient.Term.of(winners, outputGradient, x.value()));
    }
    if (bias.needsGradient()) {
      Tensor biasGradient = tape.temporary(bias.shape());
      sparse.unitSums(winners, outputGradient, biasGradient);
      bias.addGradient(biasGradient);
    }
    if (x.needsGradient()) {
      Tensor inputGradient = tape.temporary(x.shape());
      sparse.decode(
          winners,
          outputGradient,
          weights.value(),
          Optional.empty(),
          Optional.empty(),
          inputGradient);
      x.addGradient(inputGradient);
    }
  }
}
