package dev.wta.models.layer;

import dev.wta.api.op.SelectionRule;
import dev.wta.api.tensor.Tensor;
import dev.wta.api.tensor.Winners;
import dev.wta.models.autodiff.Operation;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.autodiff.Variable;

/**
 * A competition among given activations. Losers get a gradient of exactly zero.
 *
 * @param activations {@code (samples, units[, height, width])}
 * @param output the winners' coefficients
 */
public record SelectWinners(Variable activations, Winners winners, Variable output)
    implements Operation {

  public static Code.Sparse run(Tape tape, Variable activations, SelectionRule rule) {
    Winners winners = tape.temporaryWinners(activations.shape(), rule);
    tape.backend().selection().select(activations.value(), rule, winners);
    Variable output = tape.result(winners.values(), activations);
    tape.record(new SelectWinners(activations, winners, output));
    return new Code.Sparse(winners, output);
  }

  @Override
  public void backward(Tensor outputGradient, Tape tape) {
    Tensor gradient = tape.temporary(activations.shape());
    tape.backend().sparse().scatter(winners, outputGradient, gradient);
    activations.addGradient(gradient);
  }
}
