package dev.wta.models.tape;

import dev.wta.api.Dense;
import dev.wta.api.Tensor;

/** {@code x + y}, two of one shape. */
record Add(Variable x, Variable y, Variable output) implements Operation {

  static Variable run(Tape tape, Variable x, Variable y) {
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
