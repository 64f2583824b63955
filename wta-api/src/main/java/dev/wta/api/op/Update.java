package dev.wta.api.op;

import dev.wta.api.tensor.Tensor;

/**
 * Optimiser steps, fused: each parameter and each of its moments is read once and written once.
 *
 * <p>A step starts from the float32 numbers that it finds and rounds what it stores; nothing on the
 * way overflows or underflows, as in double precision. So a row's norm, and the part of a gradient
 * along it, are right for rows of subnormal numbers and for rows whose squares are beyond float32.
 * A result that is itself too large to store is infinite.
 */
public interface Update {

  /**
   * Stochastic gradient descent with momentum: {@code velocity = momentum * velocity - rate *
   * (gradient + decay * parameter); parameter += velocity}, {@code gradient} being the tangent part
   * where that is asked for.
   */
  void sgd(Tensor parameter, Tensor velocity, Gradient gradient, SgdStep step);

  /**
   * Adam (Kingma and Ba 2015) with decoupled weight decay: {@code m = beta1 m + (1 - beta1) g; v =
   * beta2 v + (1 - beta2) g^2; parameter -= rate * (m / (1 - beta1^t) / (sqrt(v / (1 - beta2^t)) +
   * epsilon) + decay * parameter)}, {@code g} being the gradient or its tangent part.
   *
   * <p>The parameter's step is taken with the new v before that is rounded, so it is right for any
   * finite gradient. A v too large for float32, as a gradient beyond 5.8e20 makes it where {@code
   * beta2} is 0.999, is stored as infinity, and its parameter then moves by its decay only: {@code
   * m / infinity} is 0. With an epsilon of 0, a parameter without any gradient yet becomes NaN,
   * {@code 0 / 0}.
   */
  void adam(Tensor parameter, Tensor m, Tensor v, Gradient gradient, AdamStep step);

  /** Scales the rows of {@code parameter} to the norm's positive bound; a row of zeros stays. */
  void normaliseRows(Tensor parameter, RowNorm norm, float bound);

  /**
   * @param decay L2 weight decay, added to the gradient
   * @param tangent whether the part of each row's gradient that is parallel to the row is taken out
   *     first: {@code g - (g . p / p . p) p}; a row of zeros takes nothing out, and one with NaN or
   *     infinities may become NaN as a whole
   */
  record SgdStep(float rate, float momentum, float decay, boolean tangent) {}

  /**
   * @param decay decoupled weight decay
   * @param tangent whether the part of each row's gradient that is parallel to the row is taken out
   *     first
   * @param t the number of this step, from 1, for the bias correction
   */
  record AdamStep(
      float rate, float beta1, float beta2, float epsilon, float decay, boolean tangent, long t) {
    public AdamStep {
      if (t < 1) {
        throw new IllegalArgumentException("Adam counts its steps from 1, not " + t);
      }
    }
  }

  /** How {@link #normaliseRows} takes its bound. */
  enum RowNorm {
    /** Every row gets the L2 norm {@code bound}. */
    EXACTLY,
    /** Rows longer than {@code bound} are shortened to it. */
    AT_MOST
  }
}
