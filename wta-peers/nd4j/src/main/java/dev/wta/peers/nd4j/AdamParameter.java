package dev.wta.peers.nd4j;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.updaters.AdamUpdater;
import org.nd4j.linalg.factory.Nd4j;

/** Numbers that ND4J's Adam trains. */
final class AdamParameter {
  private static final double BETA_1 = 0.9;
  private static final double BETA_2 = 0.999;
  private static final double EPSILON = 1e-8;

  final INDArray value;

  /** Of the numbers; the update overwrites it. */
  final INDArray gradient;

  private final INDArray mean;
  private final INDArray variance;
  private final double rate;

  AdamParameter(INDArray value, double rate, Memory memory) {
    this.value = value;
    this.rate = rate;
    gradient = memory.zeros(value.shape());
    mean = memory.zeros(value.shape());
    variance = memory.zeros(value.shape());
  }

  /**
   * Changes the numbers.
   *
   * @param step from 0
   */
  void update(int step) {
    Nd4j.exec(new AdamUpdater(gradient, variance, mean, rate, BETA_1, BETA_2, EPSILON, step));
    value.subi(gradient);
  }
}
