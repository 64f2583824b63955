package dev.wta.models.loss;

import dev.wta.api.op.Dense;
import dev.wta.api.op.Epilogue;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.models.autodiff.Loss;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.autodiff.Variable;

/**
 * The energy of a restricted Boltzmann machine, {@code E(v, h) = -c v - h (W v + b)}, summed over
 * the samples; {@link #of} averages it. States are given numbers: they get no gradient, so that of
 * the weights is {@code -h v'}, the statistic that contrastive divergence takes.
 *
 * @param visible {@code (samples, inputs)}
 * @param hidden {@code (samples, units)}: states, or their probabilities
 * @param weights {@code (units, inputs)}
 * @param value a single number
 */
public record Energy(
    Tensor visible,
    Tensor hidden,
    Variable weights,
    Variable hiddenBias,
    Variable visibleBias,
    Tensor value)
    implements Loss.Term {

  /**
   * The mean energy of the samples.
   *
   * @param drive {@code W v + b}, {@code (samples, units)}
   */
  public static Loss of(
      Tape tape,
      Tensor visible,
      Tensor hidden,
      Tensor drive,
      Variable weights,
      Variable hiddenBias,
      Variable visibleBias) {
    Dense dense = tape.backend().dense();
    int samples = visible.shape().rows();
    Tensor products = tape.temporary(drive.shape());
    dense.zip(Dense.Binary.MULTIPLY, hidden, drive, products);
    Tensor sums = tape.temporary(Shape.of(samples));
    dense.reduceRows(Dense.Reduction.SUM, products, sums);
    Tensor energies = tape.temporary(Shape.of(samples, 1));
    Tensor bias = visibleBias.value().reshape(Shape.of(1, visible.shape().rowSize()));
    dense.gemm(visible, false, bias, true, -1, 0, Epilogue.NONE, energies);
    dense.axpy(-1, sums.reshape(energies.shape()), energies);
    Tensor value = tape.temporary(Loss.SCALAR);
    dense.reduceColumns(Dense.Reduction.SUM, energies, value);
    return Loss.of(
        tape.backend(),
        new Energy(visible, hidden, weights, hiddenBias, visibleBias, value),
        1.0 / samples);
  }

  @Override
  public void backward(float weight, Tape tape) {
    Dense dense = tape.backend().dense();
    Tensor weightGradient = tape.temporary(weights.shape());
    dense.gemm(hidden, true, visible, false, -weight, 0, Epilogue.NONE, weightGradient);
    weights.addGradient(weightGradient);
    addSums(dense, hidden, hiddenBias, weight, tape);
    addSums(dense, visible, visibleBias, weight, tape);
  }

  private static void addSums(Dense dense, Tensor of, Variable bias, float weight, Tape tape) {
    Tensor sums = tape.temporary(bias.shape());
    dense.reduceColumns(Dense.Reduction.SUM, of, sums);
    dense.affine(-weight, sums, 0, sums);
    bias.addGradient(sums);
  }
}
