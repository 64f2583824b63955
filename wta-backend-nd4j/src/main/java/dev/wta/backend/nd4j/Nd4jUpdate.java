package dev.wta.backend.nd4j;

import dev.wta.api.op.Gradient;
import dev.wta.api.op.Update;
import dev.wta.api.tensor.Tensor;
import dev.wta.backend.nd4j.memory.Nd4jMemory;
import dev.wta.backend.nd4j.memory.Nd4jTensor;
import dev.wta.backend.nd4j.memory.Scope;
import dev.wta.backend.nd4j.op.DenseGradient;
import dev.wta.backend.nd4j.op.Nd4jReductions;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;

/** Optimiser steps on double-precision copies, rounded once when they are stored. */
final class Nd4jUpdate implements Update {
  private final Nd4jMemory memory;

  Nd4jUpdate(Nd4jMemory memory) {
    this.memory = memory;
  }

  @Override
  public void sgd(Tensor parameter, Tensor velocity, Gradient gradient, SgdStep step) {
    Nd4jTensor target = memory.own(parameter);
    Nd4jTensor speed = memory.own(velocity);
    DenseGradient dense = DenseGradient.of(gradient, memory);
    if (target.isEmpty()) {
      return;
    }
    try (Scope scope = new Scope()) {
      INDArray weights = scope.wide(target.matrix());
      INDArray pull = direction(dense, target, weights, step.tangent(), scope);
      pull.addi(scope.keep(weights.mul(scope.number(step.decay()))));
      INDArray next = scope.wide(speed.matrix()).muli(scope.number(step.momentum()));
      next.subi(pull.muli(scope.number(step.rate())));
      speed.matrix().assign(next);
      target.matrix().assign(weights.addi(next));
    }
  }

  @Override
  public void adam(Tensor parameter, Tensor m, Tensor v, Gradient gradient, AdamStep step) {
    Nd4jTensor target = memory.own(parameter);
    Nd4jTensor mean = memory.own(m);
    Nd4jTensor square = memory.own(v);
    DenseGradient dense = DenseGradient.of(gradient, memory);
    if (target.isEmpty()) {
      return;
    }
    try (Scope scope = new Scope()) {
      INDArray weights = scope.wide(target.matrix());
      INDArray slope = direction(dense, target, weights, step.tangent(), scope);
      INDArray nextMean = scope.wide(mean.matrix()).muli(scope.number(step.beta1()));
      nextMean.addi(scope.keep(slope.mul(scope.number(1.0 - step.beta1()))));
      INDArray nextSquare = scope.wide(square.matrix()).muli(scope.number(step.beta2()));
      nextSquare.addi(slope.muli(slope).muli(scope.number(1.0 - step.beta2())));
      mean.matrix().assign(nextMean);
      square.matrix().assign(nextSquare);
      double meanCorrection = 1 - Math.pow(step.beta1(), (double) step.t());
      double squareCorrection = 1 - Math.pow(step.beta2(), (double) step.t());
      INDArray root = Transforms.sqrt(nextSquare.divi(scope.number(squareCorrection)), false);
      INDArray change =
          nextMean.divi(scope.number(meanCorrection)).divi(root.addi(scope.number(step.epsilon())));
      change.addi(scope.keep(weights.mul(scope.number(step.decay()))));
      target.matrix().assign(weights.subi(change.muli(scope.number(step.rate()))));
    }
  }

  @Override
  public void normaliseRows(Tensor parameter, RowNorm norm, float bound) {
    Nd4jTensor target = memory.own(parameter);
    if (target.isEmpty()) {
      return;
    }
    try (Scope scope = new Scope()) {
      INDArray weights = scope.wide(target.matrix());
      double[] squares =
          Nd4jReductions.sums(1, scope.keep(weights.mul(weights)), scope).toDoubleVector();
      double[] scales = new double[squares.length];
      for (int i = 0; i < scales.length; i++) {
        double length = Math.sqrt(squares[i]);
        boolean scaled =
            switch (norm) {
              case EXACTLY -> length > 0;
              case AT_MOST -> length > bound;
            };
        scales[i] = scaled ? bound / length : 1;
      }
      target.matrix().assign(weights.muli(column(scales, scope)));
    }
  }

  private static INDArray column(double[] numbers, Scope scope) {
    return scope.vector(numbers).reshape('c', numbers.length, 1);
  }

  /**
   * The gradient that a step follows; if {@code tangent}, {@code g - (g . p / p . p) p} in each row
   * {@code p} that is not zero.
   */
  private static INDArray direction(
      DenseGradient gradient, Nd4jTensor target, INDArray weights, boolean tangent, Scope scope) {
    INDArray slope = gradient.matrix(target, scope);
    if (!tangent) {
      return slope;
    }
    double[] along = Nd4jReductions.sums(1, scope.keep(slope.mul(weights)), scope).toDoubleVector();
    double[] squares =
        Nd4jReductions.sums(1, scope.keep(weights.mul(weights)), scope).toDoubleVector();
    for (int i = 0; i < along.length; i++) {
      along[i] = squares[i] > 0 ? along[i] / squares[i] : 0;
    }
    INDArray parallel = scope.keep(weights.mul(column(along, scope)));
    return slope.subi(parallel);
  }
}
