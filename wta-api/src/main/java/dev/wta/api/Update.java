package dev.wta.api;

/** Optimiser steps, fused: each parameter and each of its moments is read once and written once. */
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
   */
  void adam(Tensor parameter, Tensor m, Tensor v, Gradient gradient, AdamStep step);

  /** Scales the rows of {@code parameter} to the norm's positive bound; a row of zeros stays. */
  void normaliseRows(Tensor parameter, RowNorm norm, float bound);

  /**
   * @param decay L2 weight decay, added to the gradient
   * @param tangent whether the part of each row's gradient that is parallel to the row is taken out
   *     first: {@code g - (g . p / p . p) p}; a row of zeros takes nothing out
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
