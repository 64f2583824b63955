package dev.wta.models.layer;

import dev.wta.api.tensor.Tensor;
import dev.wta.models.autodiff.Operation;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.autodiff.Variable;

/** {@code factor * x}. */
public record Scale(float factor, Variable x, Variable output) implements Operation {

  public static Variable run(Tape tape, float factor, Variable x) {
    Tensor out = tape.temporary(x.shape());
    tape.backend().dense().affine(factor, x.value(), 0, out);
    Variable output = tape.result(out, x);
    tape.record(new Scale(factor, x, output));
    return output;
  }

  @Override
  public void backward(Tensor outputGradient, Tape tape) {
    Tensor gradient = tape.temporary(x.shape());
    tape.backend().dense().affine(factor, outputGradient, 0, gradient);
    x.addGradient(gradient);
  }
}
