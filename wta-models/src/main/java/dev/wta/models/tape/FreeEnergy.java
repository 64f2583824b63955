package dev.wta.models.tape;

import dev.wta.api.Dense;
import dev.wta.api.Epilogue;
import dev.wta.api.Shape;
import dev.wta.api.Tensor;

/**
 * The free energy of a restricted Boltzmann machine, {@code F(v) = -c v - sum over the units of
 * log(1 + exp(W v + b))}, summed over the samples; {@link #of} averages it. Its gradient with
 * respect to the weights is {@code -P(h|v) v'}; the samples themselves get none.
 *
 * <p>Under a competition a unit takes part in the samples that it won, and the others count as if
 * it were always off there: {@code probabilities} is then 0 for the losers, and so is their part of
 * the sum.
 *
 * @param visible {@code (samples, inputs)}
 * @param probabilities {@code P(h|v)}, {@code (samples, units)}; 0 where a unit takes no part
 * @param weights {@code (units, inputs)}
 * @param value a single number
 */
public record FreeEnergy(
    Tensor visible,
    Tensor probabilities,
    Variable weights,
    Variable hiddenBias,
    Variable visibleBias,
    Tensor value)
    implements Loss.Term {

  /**
   * The mean free energy of the samples.
   *
   * @param drive {@code W v + b}, {@code (samples, units)}
   */
  public static Loss of(
      Tape tape,
      Tensor visible,
      Tensor drive,
      Tensor probabilities,
      Variable weights,
      Variable hiddenBias,
      Variable visibleBias) {
    Dense dense = tape.backend().dense();
    int samples = visible.shape().rows();
    Tensor taken = tape.temporary(drive.shape());
    Tensor soft = tape.temporary(drive.shape());
    dense.map(Dense.Unary.STEP, probabilities, taken);
    dense.map(Dense.Unary.SOFTPLUS, drive, soft);
    dense.zip(Dense.Binary.MULTIPLY, soft, taken, soft);
    Tensor hidden = tape.temporary(Shape.of(samples));
    dense.reduceRows(Dense.Reduction.SUM, soft, hidden);
    Tensor energies = tape.temporary(Shape.of(samples, 1));
    Tensor bias = visibleBias.value().reshape(Shape.of(1, visible.shape().rowSize()));
    dense.gemm(visible, false, bias, true, -1, 0, Epilogue.NONE, energies);
    dense.axpy(-1, hidden.reshape(energies.shape()), energies);
    Tensor value = tape.temporary(Loss.SCALAR);
    dense.reduceColumns(Dense.Reduction.SUM, energies, value);
    return Loss.of(
        tape.backend(),
        new FreeEnergy(visible, probabilities, weights, hiddenBias, visibleBias, value),
        1.0 / samples);
  }

  @Override
  public void backward(float weight, Tape tape) {
    Dense dense = tape.backend().dense();
    Tensor weightGradient = tape.temporary(weights.shape());
    dense.gemm(probabilities, true, visible, false, -weight, 0, Epilogue.NONE, weightGradient);
    weights.addGradient(weightGradient);
    addSums(dense, probabilities, hiddenBias, weight, tape);
    addSums(dense, visible, visibleBias, weight, tape);
  }

  private static void addSums(Dense dense, Tensor of, Variable bias, float weight, Tape tape) {
    Tensor sums = tape.temporary(bias.shape());
    dense.reduceColumns(Dense.Reduction.SUM, of, sums);
    dense.affine(-weight, sums, 0, sums);
    bias.addGradient(sums);
  }
}
