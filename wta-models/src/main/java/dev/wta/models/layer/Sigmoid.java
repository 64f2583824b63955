package dev.wta.models.layer;

import dev.wta.api.op.Dense;
import dev.wta.api.tensor.Tensor;
import dev.wta.models.autodiff.Operation;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.autodiff.Variable;

/** {@code 1 / (1 + exp(-x))}, element by element. */
public record Sigmoid(Variable x, Variable output) implements Operation {

  public static Variable run(Tape tape, Variable x) {
    Tensor out = tape.temporary(x.shape());
    tape.backend().dense().map(Dense.Unary.SIGMOID, x.value(), out);
    Variable output = tape.result(out, x);
    tape.record(new Sigmoid(x, output));
    return output;
  }

  @Override
  public void backward(Tensor outputGradient, Tape tape) {
    Tensor gradient = tape.temporary(x.shape());
    tape.backend()
        .dense()
        .zip(Dense.Binary.SIGMOID_GRADIENT, outputGradient, output.value(), gradient);
    x.addGradient(gradient);
  }
}
