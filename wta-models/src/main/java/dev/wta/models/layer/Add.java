package dev.wta.models.layer;

import dev.wta.api.op.Dense;
import dev.wta.api.tensor.Tensor;
import dev.wta.models.autodiff.Operation;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.autodiff.Variable;

/** {@code x + y}, two of one shape. */
public record Add(Variable x, Variable y, Variable output) implements Operation {

  public static Variable run(Tape tape, Variable x, Variable y) {
    Tensor out = tape.temporary(x.shape());
    tape.backend().dense().zip(Dense.Binary.ADD, x.value(), y.value(), out);
    Variable output = tape.result(out, x, y);
    tape.record(new Add(x, y, output));
    return output;
  }

  @Override
  public void backward(Tensor outputGradient, Tape tape) {
    if (x.needsGradient()) {
      x.addGradient(outputGradient);
    }
    if (y.needsGradient()) {
      y.addGradient(outputGradient);
    }
  }
}
