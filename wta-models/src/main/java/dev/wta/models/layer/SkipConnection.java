package dev.wta.models.layer;

import dev.wta.models.autodiff.Parameter;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.autodiff.Variable;
import java.util.Optional;

/**
 * The linear map of a skip transcoder (Paulo et al. 2025): it takes what of a target is linear in
 * the sample, so that the code has the rest to explain.
 *
 * @param weight S, {@code (outputs, inputs)}
 */
public record SkipConnection(Parameter weight) {

  /** {@code S x}, {@code (samples, outputs)}. */
  public Variable of(Tape tape, Variable x) {
    return DenseLayer.run(tape, x, tape.parameter(weight), Optional.empty(), false);
  }

  /** {@code t - S x}: what is left for the code. */
  public Variable residual(Tape tape, Variable x, Variable target) {
    return Arithmetic.add(tape, target, Arithmetic.scale(tape, -1, of(tape, x)));
  }
}
