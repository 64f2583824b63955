package dev.wta.models.sae;

import dev.wta.models.autodiff.Variable;

/**
 * The samples and targets of a training step.
 *
 * @param x the samples, {@code (samples, inputs)}
 * @param target what reconstructions are compared with: x, or a transcoder's targets, {@code
 *     (samples, outputs)}
 * @param decoded what of it the code has to reconstruct: the target less what a skip connection
 *     makes of x, which learns by its gradient
 */
public record SaeBatch(Variable x, Variable target, Variable decoded) {

  /** Samples that are their own targets. */
  static SaeBatch of(Variable x) {
    return new SaeBatch(x, x, x);
  }
}
