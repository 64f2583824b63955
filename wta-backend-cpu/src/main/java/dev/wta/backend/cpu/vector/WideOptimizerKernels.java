package dev.wta.backend.cpu.vector;

import dev.wta.api.op.Update.AdamStep;
import dev.wta.api.op.Update.SgdStep;

/**
 * Optimiser steps of one parameter in double precision, where float32 cannot hold a square or a sum
 * on the way to the result.
 */
final class WideOptimizerKernels {
  private WideOptimizerKernels() {}

  /** See {@link dev.wta.api.op.Update#sgd}. */
  static void sgd(
      SgdStep step, float[] parameter, int at, float[] velocity, int velocityAt, float gradient) {
    double p = parameter[at];
    double v =
        (double) step.momentum() * velocity[velocityAt]
            - step.rate() * (gradient + step.decay() * p);
    velocity[velocityAt] = (float) v;
    parameter[at] = (float) (p + v);
  }

  /** See {@link dev.wta.api.op.Update#adam}. */
  static void adam(
      AdamStep step,
      float[] parameter,
      int at,
      float[] m,
      int mAt,
      float[] v,
      int vAt,
      float gradient) {
    double beta1 = step.beta1();
    double beta2 = step.beta2();
    double g = gradient;
    double first = beta1 * m[mAt] + (1 - beta1) * g;
    double second = beta2 * v[vAt] + (1 - beta2) * g * g;
    m[mAt] = (float) first;
    v[vAt] = (float) second;
    double mean = first / (1 - Math.pow(beta1, (double) step.t()));
    double square = second / (1 - Math.pow(beta2, (double) step.t()));
    double p = parameter[at];
    double move = mean / (Math.sqrt(square) + step.epsilon());
    parameter[at] = (float) (p - step.rate() * (move + step.decay() * p));
  }
}
