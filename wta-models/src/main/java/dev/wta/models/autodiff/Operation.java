package dev.wta.models.autodiff;

import dev.wta.api.tensor.Tensor;

/**
 * One differentiable step of a forward pass, recorded by {@link Tape#record}. It has already run;
 * what it keeps is what its gradient needs.
 */
public interface Operation {

  /** What the operation computed. */
  Variable output();

  /**
   * Adds to the gradients of the operation's inputs, by {@link Variable#addGradient} or {@link
   * Variable#addTerm}, for those that {@link Variable#needsGradient() need} one. Not called where
   * no gradient reached the output.
   *
   * @param outputGradient of the output's shape; not to be modified
   * @param tape where temporaries come from
   */
  void backward(Tensor outputGradient, Tape tape);
}
