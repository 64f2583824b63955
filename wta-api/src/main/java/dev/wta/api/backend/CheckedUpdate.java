package dev.wta.api.backend;

import dev.wta.api.op.Gradient;
import dev.wta.api.op.Update;
import dev.wta.api.tensor.Tensor;

/** The optimiser steps of a backend, checked. */
record CheckedUpdate(Update update, OneThread thread) implements Update {
  @Override
  public void sgd(Tensor parameter, Tensor velocity, Gradient gradient, SgdStep step) {
    try (var _ = thread.hold()) {
      Operand target = Operand.open("sgd", "parameter", parameter);
      Operand.open("sgd", "velocity", velocity).like(target).apartFrom(target);
      WinnersOperand.gradient(gradient, target);
      update.sgd(parameter, velocity, gradient, step);
    }
  }

  @Override
  public void adam(Tensor parameter, Tensor m, Tensor v, Gradient gradient, AdamStep step) {
    try (var _ = thread.hold()) {
      Operand target = Operand.open("adam", "parameter", parameter);
      Operand first = Operand.open("adam", "m", m).like(target).apartFrom(target);
      Operand.open("adam", "v", v).like(target).apartFrom(target, first);
      WinnersOperand.gradient(gradient, target);
      update.adam(parameter, m, v, gradient, step);
    }
  }

  @Override
  public void normaliseRows(Tensor parameter, RowNorm norm, float bound) {
    try (var _ = thread.hold()) {
      Operand.open("normaliseRows", "parameter", parameter);
      if (!(bound > 0)) {
        throw new IllegalArgumentException(
            "normaliseRows: a norm's bound is positive, not " + bound);
      }
      update.normaliseRows(parameter, norm, bound);
    }
  }
}
