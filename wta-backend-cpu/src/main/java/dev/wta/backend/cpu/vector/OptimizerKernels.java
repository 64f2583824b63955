package dev.wta.backend.cpu.vector;

import static dev.wta.backend.cpu.vector.Lanes.COUNT;
import static dev.wta.backend.cpu.vector.Lanes.FLOATS;

import dev.wta.api.op.Update.AdamStep;
import dev.wta.api.op.Update.SgdStep;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Optimiser steps over runs of elements: one pass over the gradient, the parameter and its moments.
 * Where a number on the way leaves float32's range, {@link WideOptimizerKernels} take over.
 */
public final class OptimizerKernels {
  /** From here on an error of the size of the smallest float32 in v does not show beside it. */
  private static final float SMALL_EPSILON = 0x1p-40f;

  private OptimizerKernels() {}

  /** See {@link dev.wta.api.op.Update#sgd}. */
  public static void sgd(
      SgdStep step,
      float[] parameter,
      int from,
      float[] velocity,
      int velocityFrom,
      float[] gradient,
      int gradientFrom,
      int length) {
    float momentum = step.momentum();
    float decay = step.decay();
    float descent = -step.rate();
    int i = 0;
    for (; i + COUNT <= length; i += COUNT) {
      FloatVector p = FloatVector.fromArray(FLOATS, parameter, from + i);
      FloatVector v = FloatVector.fromArray(FLOATS, velocity, velocityFrom + i).mul(momentum);
      FloatVector g = FloatVector.fromArray(FLOATS, gradient, gradientFrom + i);
      v =
          p.fma(FloatVector.broadcast(FLOATS, decay), g)
              .fma(FloatVector.broadcast(FLOATS, descent), v);
      if (v.abs().compare(VectorOperators.LT, Float.POSITIVE_INFINITY).allTrue()) {
        v.intoArray(velocity, velocityFrom + i);
        p.add(v).intoArray(parameter, from + i);
      } else {
        for (int lane = i; lane < i + COUNT; lane++) {
          WideOptimizerKernels.sgd(
              step,
              parameter,
              from + lane,
              velocity,
              velocityFrom + lane,
              gradient[gradientFrom + lane]);
        }
      }
    }
    for (; i < length; i++) {
      float p = parameter[from + i];
      float g = Math.fma(p, decay, gradient[gradientFrom + i]);
      float v = Math.fma(g, descent, velocity[velocityFrom + i] * momentum);
      if (!(Math.abs(v) < Float.POSITIVE_INFINITY)) {
        WideOptimizerKernels.sgd(
            step, parameter, from + i, velocity, velocityFrom + i, gradient[gradientFrom + i]);
        continue;
      }
      velocity[velocityFrom + i] = v;
      parameter[from + i] = p + v;
    }
  }

  /** See {@link dev.wta.api.op.Update#adam}. */
  public static void adam(
      AdamStep step,
      Unbias unbias,
      float[] parameter,
      int from,
      float[] m,
      int mFrom,
      float[] v,
      int vFrom,
      float[] gradient,
      int gradientFrom,
      int length) {
    float beta1 = step.beta1();
    float beta2 = step.beta2();
    float rest1 = 1 - beta1;
    float rest2 = 1 - beta2;
    float unbias1 = unbias.first();
    float unbias2 = unbias.second();
    float epsilon = step.epsilon();
    float decay = step.decay();
    float descent = -step.rate();
    // Beside a smaller epsilon, the root of a v that underflowed would show.
    int narrow = epsilon >= SMALL_EPSILON ? length : 0;
    int i = 0;
    for (; i + COUNT <= narrow; i += COUNT) {
      FloatVector g = FloatVector.fromArray(FLOATS, gradient, gradientFrom + i);
      FloatVector first =
          FloatVector.fromArray(FLOATS, m, mFrom + i)
              .fma(FloatVector.broadcast(FLOATS, beta1), g.mul(rest1));
      FloatVector second =
          FloatVector.fromArray(FLOATS, v, vFrom + i)
              .fma(FloatVector.broadcast(FLOATS, beta2), g.mul(g).mul(rest2));
      FloatVector square = second.mul(unbias2);
      FloatVector move = first.mul(unbias1).div(square.sqrt().add(epsilon));
      if (!square.add(move.abs()).compare(VectorOperators.LT, Float.POSITIVE_INFINITY).allTrue()) {
        for (int lane = i; lane < i + COUNT; lane++) {
          WideOptimizerKernels.adam(
              step,
              parameter,
              from + lane,
              m,
              mFrom + lane,
              v,
              vFrom + lane,
              gradient[gradientFrom + lane]);
        }
        continue;
      }
      first.intoArray(m, mFrom + i);
      second.intoArray(v, vFrom + i);
      FloatVector p = FloatVector.fromArray(FLOATS, parameter, from + i);
      p.fma(FloatVector.broadcast(FLOATS, decay), move)
          .fma(FloatVector.broadcast(FLOATS, descent), p)
          .intoArray(parameter, from + i);
    }
    for (; i < length; i++) {
      float g = gradient[gradientFrom + i];
      float first = Math.fma(m[mFrom + i], beta1, g * rest1);
      float second = Math.fma(v[vFrom + i], beta2, g * g * rest2);
      float square = second * unbias2;
      float move = first * unbias1 / ((float) Math.sqrt(square) + epsilon);
      if (i >= narrow || !(square + Math.abs(move) < Float.POSITIVE_INFINITY)) {
        WideOptimizerKernels.adam(step, parameter, from + i, m, mFrom + i, v, vFrom + i, g);
        continue;
      }
      m[mFrom + i] = first;
      v[vFrom + i] = second;
      float p = parameter[from + i];
      parameter[from + i] = Math.fma(Math.fma(p, decay, move), descent, p);
    }
  }

  /**
   * {@code 1 / (1 - beta^t)} for each of Adam's moments: an average over t steps that began at zero
   * is that much too small.
   */
  public record Unbias(float first, float second) {
    public static Unbias of(AdamStep step) {
      return new Unbias(unbias(step.beta1(), step.t()), unbias(step.beta2(), step.t()));
    }

    private static float unbias(float beta, long t) {
      return (float) (1 / (1 - Math.pow(beta, (double) t)));
    }
  }
}
