package dev.wta.models.layer;

import dev.wta.api.op.Dense;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.models.autodiff.Operation;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.autodiff.Variable;

/**
 * Rows of length 1, {@code out[i] = x[i] / sqrt(|x[i]|^2 + epsilon)}: a row of zeros stays.
 *
 * @param x {@code (samples, units)}
 * @param lengths {@code (samples)}
 */
public record NormalisedRows(Variable x, Tensor lengths, Variable output) implements Operation {
  private static final float EPSILON = 1e-8f;

  /** Scales the rows. */
  public static Variable run(Tape tape, Variable x) {
    Dense dense = tape.backend().dense();
    Tensor lengths = tape.temporary(Shape.of(x.shape().rows()));
    dense.reduceRows(Dense.Reduction.SUM_OF_SQUARES, x.value(), lengths);
    dense.affine(1, lengths, EPSILON, lengths);
    dense.map(Dense.Unary.SQRT, lengths, lengths);
    Tensor out = tape.temporary(x.shape());
    dense.zipColumn(Dense.Binary.DIVIDE, x.value(), lengths, out);
    Variable output = tape.result(out, x);
    tape.record(new NormalisedRows(x, lengths, output));
    return output;
  }

  /** {@code (g - (g . y) y) / length}, y being the output. */
  @Override
  public void backward(Tensor outputGradient, Tape tape) {
    Dense dense = tape.backend().dense();
    Tensor along = tape.temporary(x.shape());
    Tensor dots = tape.temporary(lengths.shape());
    dense.zip(Dense.Binary.MULTIPLY, outputGradient, output.value(), along);
    dense.reduceRows(Dense.Reduction.SUM, along, dots);
    dense.zipColumn(Dense.Binary.MULTIPLY, output.value(), dots, along);
    Tensor gradient = tape.temporary(x.shape());
    dense.zip(Dense.Binary.SUBTRACT, outputGradient, along, gradient);
    dense.zipColumn(Dense.Binary.DIVIDE, gradient, lengths, gradient);
    x.addGradient(gradient);
  }
}
