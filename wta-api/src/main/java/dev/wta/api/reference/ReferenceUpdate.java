package dev.wta.api.reference;

import dev.wta.api.op.Gradient;
import dev.wta.api.op.Update;
import dev.wta.api.tensor.Tensor;

/** Optimiser steps as their papers write them. */
final class ReferenceUpdate implements Update {
  private final ReferenceMemory memory;

  ReferenceUpdate(ReferenceMemory memory) {
    this.memory = memory;
  }

  @Override
  public void sgd(Tensor parameter, Tensor velocity, Gradient gradient, SgdStep step) {
    ReferenceTensor weights = memory.own(parameter);
    ReferenceTensor speed = memory.own(velocity);
    double[] slope = slope(gradient, weights, step.tangent());
    for (int i = 0; i < slope.length; i++) {
      double pull = slope[i] + (double) step.decay() * weights.get(i);
      double next = (double) step.momentum() * speed.get(i) - step.rate() * pull;
      speed.set(i, (float) next);
      weights.set(i, (float) (weights.get(i) + next));
    }
  }

  @Override
  public void adam(Tensor parameter, Tensor m, Tensor v, Gradient gradient, AdamStep step) {
    ReferenceTensor weights = memory.own(parameter);
    ReferenceTensor mean = memory.own(m);
    ReferenceTensor square = memory.own(v);
    double[] slope = slope(gradient, weights, step.tangent());
    double meanCorrection = 1 - Math.pow(step.beta1(), (double) step.t());
    double squareCorrection = 1 - Math.pow(step.beta2(), (double) step.t());
    for (int i = 0; i < slope.length; i++) {
      double g = slope[i];
      double nextMean = (double) step.beta1() * mean.get(i) + (1.0 - step.beta1()) * g;
      double nextSquare = (double) step.beta2() * square.get(i) + (1.0 - step.beta2()) * g * g;
      mean.set(i, (float) nextMean);
      square.set(i, (float) nextSquare);
      double direction =
          nextMean / meanCorrection / (Math.sqrt(nextSquare / squareCorrection) + step.epsilon());
      double weight = weights.get(i);
      weights.set(i, (float) (weight - step.rate() * (direction + step.decay() * weight)));
    }
  }

  @Override
  public void normaliseRows(Tensor parameter, RowNorm norm, float bound) {
    ReferenceTensor weights = memory.own(parameter);
    for (int i = 0; i < weights.shape().rows(); i++) {
      double squares = 0;
      for (int j = 0; j < weights.shape().rowSize(); j++) {
        squares += (double) weights.get(i, j) * weights.get(i, j);
      }
      double length = Math.sqrt(squares);
      boolean scaled =
          switch (norm) {
            case EXACTLY -> length > 0;
            case AT_MOST -> length > bound;
          };
      if (scaled) {
        for (int j = 0; j < weights.shape().rowSize(); j++) {
          weights.set(i, j, (float) (weights.get(i, j) * (bound / length)));
        }
      }
    }
  }

  /**
   * The gradient that a step follows; if {@code tangent}, {@code g - (g . p / p . p) p} in each row
   * {@code p}.
   */
  private double[] slope(Gradient gradient, ReferenceTensor weights, boolean tangent) {
    double[] slope = DenseGradient.of(gradient, weights.count(), memory);
    if (!tangent) {
      return slope;
    }
    int inputs = weights.shape().rowSize();
    for (int i = 0; i < weights.shape().rows(); i++) {
      double along = 0;
      double squares = 0;
      for (int j = 0; j < inputs; j++) {
        along += slope[i * inputs + j] * weights.get(i, j);
        squares += (double) weights.get(i, j) * weights.get(i, j);
      }
      if (squares > 0) { // a row of zeros has no direction to take out
        for (int j = 0; j < inputs; j++) {
          slope[i * inputs + j] -= along / squares * weights.get(i, j);
        }
      }
    }
    return slope;
  }
}
