package dev.wta.api.contract.support;

import dev.wta.api.op.Update.AdamStep;
import dev.wta.api.op.Update.SgdStep;

/**
 * Optimiser steps in double precision, written from their equations and not from any backend, with
 * the magnitude that each result's rounding errors are measured by.
 */
public final class Formulas {
  private Formulas() {}

  /** Numbers, and the sums of the magnitudes of what they were made from. */
  @SuppressWarnings("ArrayRecordComponent") // a plain carrier, never compared
  public record Numbers(double[] values, double[] magnitudes) {
    public Numbers(int size) {
      this(new double[size], new double[size]);
    }
  }

  /** A parameter and its moments after a step. */
  public record Stepped(Numbers parameter, Numbers first, Numbers second) {}

  /**
   * The gradient, or what is left of it without each row's component along the row of {@code p}.
   */
  public static Numbers direction(
      double[] g, double[] magnitudes, float[] p, int rowSize, boolean tangent) {
    Numbers direction = new Numbers(g.clone(), magnitudes.clone());
    for (int row = 0; tangent && row * rowSize < p.length && rowSize > 0; row++) {
      double along = 0;
      double alongMagnitude = 0;
      double squares = 0;
      for (int i = row * rowSize; i < (row + 1) * rowSize; i++) {
        along += g[i] * p[i];
        alongMagnitude += magnitudes[i] * Math.abs(p[i]);
        squares += (double) p[i] * p[i];
      }
      for (int i = row * rowSize; squares > 0 && i < (row + 1) * rowSize; i++) {
        direction.values[i] -= along * p[i] / squares;
        direction.magnitudes[i] += 2 * alongMagnitude * Math.abs(p[i]) / squares;
      }
    }
    return direction;
  }

  public static Stepped sgd(float[] p, float[] velocity, Numbers g, SgdStep step) {
    Numbers parameter = new Numbers(p.length);
    Numbers next = new Numbers(p.length);
    double rate = step.rate();
    double momentum = step.momentum();
    double decay = step.decay();
    for (int i = 0; i < p.length; i++) {
      next.values[i] = momentum * velocity[i] - rate * (g.values[i] + decay * p[i]);
      next.magnitudes[i] =
          momentum * Math.abs(velocity[i]) + rate * (g.magnitudes[i] + decay * Math.abs(p[i]));
      parameter.values[i] = p[i] + next.values[i];
      parameter.magnitudes[i] = Math.abs(p[i]) + next.magnitudes[i];
    }
    return new Stepped(parameter, next, new Numbers(0));
  }

  public static Stepped adam(float[] p, float[] m, float[] v, Numbers g, AdamStep step) {
    Numbers parameter = new Numbers(p.length);
    Numbers first = new Numbers(p.length);
    Numbers second = new Numbers(p.length);
    double beta1 = step.beta1();
    double beta2 = step.beta2();
    double rate = step.rate();
    double decay = step.decay();
    for (int i = 0; i < p.length; i++) {
      first.values[i] = beta1 * m[i] + (1 - beta1) * g.values[i];
      first.magnitudes[i] = beta1 * Math.abs(m[i]) + (1 - beta1) * g.magnitudes[i];
      second.values[i] = beta2 * v[i] + (1 - beta2) * g.values[i] * g.values[i];
      second.magnitudes[i] = beta2 * v[i] + (1 - beta2) * g.magnitudes[i] * g.magnitudes[i];
      double t = (double) step.t();
      double scale =
          1
              / (1 - Math.pow(beta1, t))
              / (Math.sqrt(second.values[i] / (1 - Math.pow(beta2, t))) + step.epsilon());
      parameter.values[i] = p[i] - rate * (first.values[i] * scale + decay * p[i]);
      parameter.magnitudes[i] =
          Math.abs(p[i]) + rate * (first.magnitudes[i] * scale + decay * Math.abs(p[i]));
    }
    return new Stepped(parameter, first, second);
  }
}
