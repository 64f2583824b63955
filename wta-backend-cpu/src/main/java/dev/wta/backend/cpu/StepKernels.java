package dev.wta.backend.cpu;

import static dev.wta.backend.cpu.Lanes.COUNT;
import static dev.wta.backend.cpu.Lanes.FLOATS;

import dev.wta.api.Update.AdamStep;
import dev.wta.api.Update.SgdStep;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * Optimiser steps over runs of elements: one pass over the gradient, the parameter and its moments.
 */
final class StepKernels {
  private StepKernels() {}

  /** See {@link dev.wta.api.Update#sgd}. */
  static void sgd(
      SgdStep step,
      float[] parameter,
      int from,
      float[] velocity,
      int velocityFrom,
      float[] gradient,
      int gradientFrom,
      int length) {
    FloatVector momentum = FloatVector.broadcast(FLOATS, step.momentum());
    FloatVector decay = FloatVector.broadcast(FLOATS, step.decay());
    FloatVector descent = FloatVector.broadcast(FLOATS, -step.rate());
    for (int i = 0; i < length; i += COUNT) {
      VectorMask<Float> mask = FLOATS.indexInRange(i, length);
      FloatVector p = FloatVector.fromArray(FLOATS, parameter, from + i, mask);
      FloatVector v = FloatVector.fromArray(FLOATS, velocity, velocityFrom + i, mask);
      FloatVector g = p.fma(decay, FloatVector.fromArray(FLOATS, gradient, gradientFrom + i, mask));
      v = g.fma(descent, v.mul(momentum));
      v.intoArray(velocity, velocityFrom + i, mask);
      p.add(v).intoArray(parameter, from + i, mask);
    }
  }

  /** See {@link dev.wta.api.Update#adam}. */
  static void adam(
      AdamStep step,
      float[] parameter,
      int from,
      float[] m,
      int mFrom,
      float[] v,
      int vFrom,
      float[] gradient,
      int gradientFrom,
      int length) {
    FloatVector beta1 = FloatVector.broadcast(FLOATS, step.beta1());
    FloatVector beta2 = FloatVector.broadcast(FLOATS, step.beta2());
    FloatVector rest1 = FloatVector.broadcast(FLOATS, 1 - step.beta1());
    FloatVector rest2 = FloatVector.broadcast(FLOATS, 1 - step.beta2());
    FloatVector unbias1 = FloatVector.broadcast(FLOATS, unbias(step.beta1(), step.t()));
    FloatVector unbias2 = FloatVector.broadcast(FLOATS, unbias(step.beta2(), step.t()));
    FloatVector epsilon = FloatVector.broadcast(FLOATS, step.epsilon());
    FloatVector decay = FloatVector.broadcast(FLOATS, step.decay());
    FloatVector descent = FloatVector.broadcast(FLOATS, -step.rate());
    for (int i = 0; i < length; i += COUNT) {
      VectorMask<Float> mask = FLOATS.indexInRange(i, length);
      FloatVector g = FloatVector.fromArray(FLOATS, gradient, gradientFrom + i, mask);
      FloatVector first =
          FloatVector.fromArray(FLOATS, m, mFrom + i, mask).fma(beta1, g.mul(rest1));
      FloatVector second =
          FloatVector.fromArray(FLOATS, v, vFrom + i, mask).fma(beta2, g.mul(g).mul(rest2));
      first.intoArray(m, mFrom + i, mask);
      second.intoArray(v, vFrom + i, mask);
      FloatVector move = first.mul(unbias1).div(second.mul(unbias2).sqrt().add(epsilon));
      FloatVector p = FloatVector.fromArray(FLOATS, parameter, from + i, mask);
      p.fma(decay, move).fma(descent, p).intoArray(parameter, from + i, mask);
    }
  }

  /**
   * {@code 1 / (1 - beta^t)}: an average over t steps that began at zero is that much too small.
   */
  private static float unbias(float beta, long t) {
    return (float) (1 / (1 - Math.pow(beta, (double) t)));
  }
}
