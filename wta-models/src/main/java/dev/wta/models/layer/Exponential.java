package dev.wta.models.layer;

import dev.wta.api.op.Dense;
import dev.wta.api.tensor.Tensor;
import dev.wta.models.autodiff.Operation;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.autodiff.Variable;

/** {@code exp(x)}, element by element. */
public record Exponential(Variable x, Variable output) implements Operation {

  /** The exponentials, of x's shape. */
  public static Variable run(Tape tape, Variable x) {
    Tensor out = tape.temporary(x.shape());
    tape.backend().dense().map(Dense.Unary.EXP, x.value(), out);
    Variable output = tape.result(out, x);
    tape.record(new Exponential(x, output));
    return output;
  }

  @Override
  public void backward(Tensor outputGradient, Tape tape) {
    Tensor gradient = tape.temporary(x.shape());
    tape.backend().dense().zip(Dense.Binary.MULTIPLY, outputGradient, output.value(), gradient);
    x.addGradient(gradient);
  }
}
