package dev.wta.models.sae.op;

import dev.wta.api.op.Dense;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.autodiff.Variable;

/** The lengths of a matrix's rows, and their gradient. */
public final class RowLengths {
  private RowLengths() {}

  /**
   * {@code |rows[u]|}.
   *
   * @param rows {@code (units, inputs)}
   * @return {@code (units)}
   */
  public static Tensor of(Tape tape, Tensor rows) {
    Dense dense = tape.backend().dense();
    return tape.derived(
        rows,
        "lengths of rows",
        Shape.of(rows.shape().rows()),
        lengths -> {
          dense.reduceRows(Dense.Reduction.SUM_OF_SQUARES, rows, lengths);
          dense.map(Dense.Unary.SQRT, lengths, lengths);
        });
  }

  /**
   * Adds to the rows' gradient what a gradient with respect to their lengths brings, {@code
   * gradient[u] * rows[u] / |rows[u]|}.
   *
   * @param gradient {@code (units)}
   */
  public static void addGradient(Tape tape, Variable rows, Tensor lengths, Tensor gradient) {
    Dense dense = tape.backend().dense();
    Tensor ratio = tape.temporary(lengths.shape());
    Tensor ofRows = tape.temporary(rows.shape());
    dense.zip(Dense.Binary.DIVIDE, gradient, lengths, ratio);
    dense.zipColumn(Dense.Binary.MULTIPLY, rows.value(), ratio, ofRows);
    rows.addGradient(ofRows);
  }
}
