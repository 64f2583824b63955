package dev.wta.models.layer;

import dev.wta.api.op.Dense;
import dev.wta.api.tensor.Tensor;
import dev.wta.models.autodiff.Operation;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.autodiff.Variable;

/**
 * A row added to, or subtracted from, each row.
 *
 * @param x {@code (samples, inputs)}
 * @param row {@code (inputs)}
 * @param sign 1 or -1
 */
public record ShiftRows(Variable x, Variable row, float sign, Variable output)
    implements Operation {

  public static Variable run(Tape tape, Variable x, Variable row, int sign) {
    Tensor out = tape.temporary(x.shape());
    Dense.Binary f = sign > 0 ? Dense.Binary.ADD : Dense.Binary.SUBTRACT;
    tape.backend().dense().zipRow(f, x.value(), row.value(), out);
    Variable output = tape.result(out, x, row);
    tape.record(new ShiftRows(x, row, sign, output));
    return output;
  }

  @Override
  public void backward(Tensor outputGradient, Tape tape) {
    if (x.needsGradient()) {
      x.addGradient(outputGradient);
    }
    if (row.needsGradient()) {
      Dense dense = tape.backend().dense();
      Tensor rowGradient = tape.temporary(row.shape());
      dense.reduceColumns(Dense.Reduction.SUM, outputGradient, rowGradient);
      if (sign < 0) {
        dense.affine(-1, rowGradient, 0, rowGradient);
      }
      row.addGradient(rowGradient);
    }
  }
}
