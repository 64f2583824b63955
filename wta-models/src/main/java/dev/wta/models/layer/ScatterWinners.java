package dev.wta.models.layer;

import dev.wta.api.tensor.Tensor;
import dev.wta.models.autodiff.Operation;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.autodiff.Variable;

/**
 * The dense code of winners: zero but at the winners.
 *
 * @param output {@code (samples, units[, height, width])}
 */
public record ScatterWinners(Code.Sparse code, Variable output) implements Operation {

  public static Variable run(Tape tape, Code.Sparse code) {
    Tensor out = tape.temporary(code.winners().code());
    tape.backend().sparse().scatter(code.winners(), code.coefficients().value(), out);
    Variable output = tape.result(out, code.coefficients());
    tape.record(new ScatterWinners(code, output));
    return output;
  }

  @Override
  public void backward(Tensor outputGradient, Tape tape) {
    Tensor gradient = tape.temporary(code.coefficients().shape());
    tape.backend().sparse().gather(code.winners(), outputGradient, gradient);
    code.coefficients().addGradient(gradient);
  }
}
