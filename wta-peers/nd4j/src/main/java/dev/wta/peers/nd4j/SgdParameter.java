package dev.wta.peers.nd4j;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Numbers that SGD with momentum trains. Products are added to the velocity as they are computed,
 * so that there is no gradient to write and to read again.
 */
final class SgdParameter {
  final INDArray value;
  private final INDArray velocity;
  private final double rate;
  private final double momentum;
  private boolean slowed;

  /**
   * @param rate what gradients are multiplied by
   */
  SgdParameter(INDArray value, double rate, double momentum, Memory memory) {
    this.value = value;
    this.rate = rate;
    this.momentum = momentum;
    velocity = memory.zeros(value.shape());
  }

  /** Takes {@code a b} for the gradient, or for a further part of it. */
  void gradient(INDArray a, INDArray b) {
    Nd4j.gemm(a, b, velocity, false, false, -rate, slowed ? 1 : momentum);
    slowed = true;
  }

  /** Takes {@code gradient}, which is overwritten. */
  void gradient(INDArray gradient) {
    velocity.muli(momentum).subi(gradient.muli(rate));
  }

  /** Changes the numbers. */
  void update() {
    value.addi(velocity);
    slowed = false;
  }
}
