package dev.wta.models.layer;

import dev.wta.api.tensor.Winners;
import dev.wta.models.autodiff.Variable;

/**
 * What a competition leaves of an encoder's output: winners, or, where there was none, all of it.
 */
public sealed interface Code {

  /**
   * The winners alone. Their gradient exists at the winners alone, so nothing flows through the
   * losers.
   *
   * @param winners where they are in a code {@code (samples, units[, height, width])}
   * @param coefficients {@code (capacity)}: their values and the gradient with respect to them.
   *     Slots past the last winner hold anything: only operations that walk {@code winners} may
   *     read them
   */
  record Sparse(Winners winners, Variable coefficients) implements Code {}

  /**
   * Every activation.
   *
   * @param activations {@code (samples, units[, height, width])}
   */
  record Dense(Variable activations) implements Code {}
}
