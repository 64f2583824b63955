package dev.wta.models.sae.op;

import dev.wta.api.op.Dense;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.models.autodiff.Loss;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.autodiff.Variable;
import dev.wta.models.layer.Code;
import java.util.OptionalDouble;

/**
 * A code's sparsity, activations being weighted by the lengths of their decoder's rows, so that
 * neither can shrink at the cost of the other: {@code sum of z_u |D_u|}, or {@code sum of
 * tanh(scale * z_u |D_u|)}, averaged over the samples by {@link #of}.
 *
 * @param code activations, none negative
 * @param decoder {@code (units, inputs)}
 * @param lengths {@code (units)}
 * @param lengthsAlong the same for each winner, {@code (capacity)}
 * @param slope the derivative with respect to {@code z_u |D_u|}, {@code (capacity)}
 * @param value a single number
 */
public record RowWeightedSparsity(
    Code.Sparse code,
    Variable decoder,
    Tensor lengths,
    Tensor lengthsAlong,
    Tensor slope,
    Tensor value)
    implements Loss.Term {

  /**
   * The mean over the samples.
   *
   * @param tanhScale {@code scale}; empty for the plain sum
   */
  public static Loss of(Tape tape, Code.Sparse code, Variable decoder, OptionalDouble tanhScale) {
    Dense dense = tape.backend().dense();
    Tensor lengths = RowLengths.of(tape, decoder.value());
    Tensor along = PerWinner.of(tape, code.winners(), lengths);
    Tensor counted = tape.temporary(along.shape());
    Tensor slope = tape.temporary(along.shape());
    dense.zip(Dense.Binary.MULTIPLY, code.coefficients().value(), along, counted);
    if (tanhScale.isPresent()) {
      float scale = (float) tanhScale.getAsDouble();
      dense.affine(scale, counted, 0, counted);
      dense.map(Dense.Unary.TANH, counted, counted);
      dense.map(Dense.Unary.SQUARE, counted, slope);
      dense.affine(-scale, slope, scale, slope);
    } else {
      tape.backend().memory().fill(slope, 1);
    }
    Tensor sums = tape.temporary(lengths.shape());
    Tensor value = tape.temporary(Shape.of(1));
    tape.backend().sparse().unitSums(code.winners(), counted, sums);
    dense.reduceRows(
        Dense.Reduction.SUM, sums.reshape(Shape.of(1, Math.toIntExact(sums.size()))), value);
    return Loss.of(
        tape.backend(),
        new RowWeightedSparsity(code, decoder, lengths, along, slope, value),
        1.0 / code.winners().samples());
  }

  @Override
  public void backward(float weight, Tape tape) {
    Dense dense = tape.backend().dense();
    Tensor weighted = tape.temporary(slope.shape());
    dense.affine(weight, slope, 0, weighted);
    if (code.coefficients().needsGradient()) {
      Tensor gradient = tape.temporary(slope.shape());
      dense.zip(Dense.Binary.MULTIPLY, weighted, lengthsAlong, gradient);
      code.coefficients().addGradient(gradient);
    }
    if (decoder.needsGradient()) {
      Tensor products = tape.temporary(slope.shape());
      Tensor ofLengths = tape.temporary(lengths.shape());
      dense.zip(Dense.Binary.MULTIPLY, weighted, code.coefficients().value(), products);
      tape.backend().sparse().unitSums(code.winners(), products, ofLengths);
      RowLengths.addGradient(tape, decoder, lengths, ofLengths);
    }
  }
}
