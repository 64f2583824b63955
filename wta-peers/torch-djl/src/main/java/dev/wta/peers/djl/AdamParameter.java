package dev.wta.peers.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;

/** Numbers that Adam trains, by DJL's own optimiser. */
final class AdamParameter extends Parameter {
  private static final float BETA_1 = 0.9f;
  private static final float BETA_2 = 0.999f;
  private static final float EPSILON = 1e-8f;

  private final NDArray mean;
  private final NDArray variance;
  private final float rate;

  AdamParameter(NDArray value, float rate) {
    super(value);
    this.rate = rate;
    mean = value.zerosLike();
    variance = value.zerosLike();
  }

  @Override
  void apply(NDArray gradient, int step) {
    double correction = Math.sqrt(1 - Math.pow(BETA_2, step)) / (1 - Math.pow(BETA_1, step));
    float corrected = (float) (rate * correction);
    JniUtils.adamUpdate(
        (PtNDArray) value,
        (PtNDArray) gradient,
        (PtNDArray) mean,
        (PtNDArray) variance,
        rate,
        corrected,
        0,
        1,
        -1,
        BETA_1,
        BETA_2,
        EPSILON,
        false);
  }
}
