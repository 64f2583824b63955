package dev.wta.models.layer;

import dev.wta.api.op.Dense;
import dev.wta.api.op.Gradient;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.models.autodiff.Operation;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.autodiff.Variable;
import java.util.Optional;

/**
 * The linear decoder of winners, perhaps without a bias: each adds its unit's row of the weights,
 * scaled by its coefficient.
 *
 * @param weights {@code (units, outputs)}
 * @param bias {@code (outputs)}
 * @param output {@code (samples, outputs)}
 */
public record DecodeWinners(
    Code.Sparse code, Variable weights, Optional<Variable> bias, Variable output)
    implements Operation {

  public static Variable run(
      Tape tape, Code.Sparse code, Variable weights, Optional<Variable> bias) {
    Tensor out = tape.temporary(Shape.of(code.winners().samples(), weights.shape().rowSize()));
    Tensor coefficients = code.coefficients().value();
    tape.backend()
        .sparse()
        .decode(
            code.winners(),
            coefficients,
            weights.value(),
            Optional.empty(),
            bias.map(Variable::value),
            out);
    Variable output = tape.result(out, code.coefficients(), weights, bias.orElse(weights));
    tape.record(new DecodeWinners(code, weights, bias, output));
    return output;
  }

  @Override
  public void backward(Tensor outputGradient, Tape tape) {
    Variable coefficients = code.coefficients();
    if (coefficients.needsGradient()) {
      Tensor codeGradient = tape.temporary(coefficients.shape());
      tape.backend()
          .sparse()
          .codeGradient(
              code.winners(), outputGradient, weights.value(), Optional.empty(), codeGradient);
      coefficients.addGradient(codeGradient);
    }
    if (weights.needsGradient()) {
      weights.addTerm(Gradient.Term.of(code.winners(), coefficients.value(), outputGradient));
    }
    if (bias.isPresent() && bias.get().needsGradient()) {
      Tensor biasGradient = tape.temporary(bias.get().shape());
      tape.backend().dense().reduceColumns(Dense.Reduction.SUM, outputGradient, biasGradient);
      bias.get().addGradient(biasGradient);
    }
  }
}
