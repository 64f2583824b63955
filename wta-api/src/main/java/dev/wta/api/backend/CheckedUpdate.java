package dev.wta.api.backend;

import dev.wta.api.op.Gradient;
import dev.wta.api.op.Update;
import dev.wta.api.tensor.Tensor;

/** The optimiser steps of a backend, for one thread at a time. */
record CheckedUpdate(Update update, OneThread thread) implements Update {
  @Override
  public void sgd(Tensor parameter, Tensor velocity, Gradient gradient, SgdStep step) {
    try (var _ = thread.hold()) {
      update.sgd(parameter, velocity, gradient, step);
    }
  }

  @Override
  public void adam(Tensor parameter, Tensor m, Tensor v, Gradient gradient, AdamStep step) {
    try (var _ = thread.hold()) {
      update.adam(parameter, m, v, gradient, step);
    }
  }

  @Override
  public void normaliseRows(Tensor parameter, RowNorm norm, float bound) {
    try (var _ = thread.hold()) {
      update.normaliseRows(parameter, norm, bound);
    }
  }
}
