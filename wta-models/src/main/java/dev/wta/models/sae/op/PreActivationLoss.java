package dev.wta.models.sae.op;

import dev.wta.api.op.Dense;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.models.autodiff.Loss;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.autodiff.Variable;

/**
 * The loss that revives dead latents of JumpReLU autoencoders (Anthropic 2025): how far below its
 * threshold each is, weighted by the length of its decoder's row, {@code sum over dead u of
 * relu(theta_u - p_u) |D_u|}, averaged over the samples by {@link #of}.
 *
 * @param preActivations p, {@code (samples, units)}
 * @param thresholds theta, {@code (units)}
 * @param decoder D, {@code (units, inputs)}
 * @param lengths {@code |D_u|} of dead units, 0 of others, {@code (units)}
 * @param below {@code relu(theta - p)}, {@code (samples, units)}
 * @param dead 1 for each dead unit, else 0, {@code (units)}
 * @param value a single number
 */
public record PreActivationLoss(
    Variable preActivations,
    Variable thresholds,
    Variable decoder,
    Tensor lengths,
    Tensor below,
    Tensor dead,
    Tensor value)
    implements Loss.Term {

  /** The mean over the samples. */
  public static Loss of(
      Tape tape, Variable preActivations, Variable thresholds, Variable decoder, Tensor dead) {
    Dense dense = tape.backend().dense();
    Tensor lengths = tape.temporary(dead.shape());
    dense.zip(Dense.Binary.MULTIPLY, RowLengths.of(tape, decoder.value()), dead, lengths);
    Tensor below = tape.temporary(preActivations.shape());
    dense.affine(-1, preActivations.value(), 0, below);
    dense.zipRow(Dense.Binary.ADD, below, thresholds.value(), below);
    dense.map(Dense.Unary.RELU, below, below);
    Tensor sums = tape.temporary(dead.shape());
    dense.reduceColumns(Dense.Reduction.SUM, below, sums);
    dense.zip(Dense.Binary.MULTIPLY, sums, lengths, sums);
    Tensor value = tape.temporary(Shape.of(1));
    dense.reduceRows(
        Dense.Reduction.SUM, sums.reshape(Shape.of(1, Math.toIntExact(sums.size()))), value);
    return Loss.of(
        tape.backend(),
        new PreActivationLoss(preActivations, thresholds, decoder, lengths, below, dead, value),
        1.0 / preActivations.shape().rows());
  }

  @Override
  public void backward(float weight, Tape tape) {
    Dense dense = tape.backend().dense();
    Tensor gradient = tape.temporary(below.shape());
    dense.map(Dense.Unary.STEP, below, gradient);
    dense.zipRow(Dense.Binary.MULTIPLY, gradient, lengths, gradient);
    dense.affine(-weight, gradient, 0, gradient);
    Tensor ofThresholds = tape.temporary(lengths.shape());
    dense.reduceColumns(Dense.Reduction.SUM, gradient, ofThresholds);
    dense.affine(-1, ofThresholds, 0, ofThresholds);
    preActivations.addGradient(gradient);
    thresholds.addGradient(ofThresholds);
    Tensor ofLengths = tape.temporary(lengths.shape());
    dense.reduceColumns(Dense.Reduction.SUM, below, ofLengths);
    dense.zip(Dense.Binary.MULTIPLY, ofLengths, dead, ofLengths);
    dense.affine(weight, ofLengths, 0, ofLengths);
    RowLengths.addGradient(tape, decoder, RowLengths.of(tape, decoder.value()), ofLengths);
  }
}
