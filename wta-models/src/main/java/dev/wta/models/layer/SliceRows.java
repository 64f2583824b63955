package dev.wta.models.layer;

import dev.wta.api.tensor.Tensor;
import dev.wta.models.autodiff.Operation;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.autodiff.Variable;

/** {@code count} rows from row {@code from}: a view. The other rows get no gradient through it. */
public record SliceRows(Variable x, int from, int count, Variable output) implements Operation {

  public static Variable run(Tape tape, Variable x, int from, int count) {
    Variable output = tape.result(x.value().rows(from, count), x);
    tape.record(new SliceRows(x, from, count, output));
    return output;
  }

  @Override
  public void backward(Tensor outputGradient, Tape tape) {
    Tensor gradient = tape.temporary(x.shape());
    tape.backend().memory().fill(gradient, 0);
    tape.backend().memory().copy(outputGradient, gradient.rows(from, count));
    x.addGradient(gradient);
  }
}
