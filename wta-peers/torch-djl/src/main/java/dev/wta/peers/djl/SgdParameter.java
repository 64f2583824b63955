package dev.wta.peers.djl;

import ai.djl.ndarray.NDArray;

/**
 * Numbers that SGD with momentum trains, by operations in place; DJL's own optimiser first copies
 * the gradient.
 */
final class SgdParameter extends Parameter {
  private final NDArray velocity;
  private final float rate;
  private final float momentum;

  SgdParameter(NDArray value, float rate, float momentum) {
    super(value);
    this.rate = rate;
    this.momentum = momentum;
    velocity = value.zerosLike();
  }

  @Override
  void apply(NDArray gradient, int step) {
    velocity.muli(momentum).subi(gradient.muli(rate));
    value.addi(velocity);
  }
}
