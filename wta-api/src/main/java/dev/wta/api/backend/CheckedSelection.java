package dev.wta.api.backend;

import dev.wta.api.op.Selection;
import dev.wta.api.op.SelectionRule;
import dev.wta.api.op.Window;
import dev.wta.api.tensor.Tensor;
import dev.wta.api.tensor.Winners;

/** The winner selection of a backend, for one thread at a time. */
record CheckedSelection(Selection competition, OneThread thread) implements Selection {
  @Override
  public void select(Tensor activations, SelectionRule rule, Winners winners) {
    try (var _ = thread.hold()) {
      competition.select(activations, rule, winners);
    }
  }

  @Override
  public void encodeWinners(
      Tensor x, Tensor weights, Tensor bias, SelectionRule rule, Winners winners) {
    try (var _ = thread.hold()) {
      competition.encodeWinners(x, weights, bias, rule, winners);
    }
  }

  @Override
  public void encodeWinnersMaps(
      Tensor images,
      Tensor filters,
      Window window,
      Tensor bias,
      SelectionRule rule,
      Winners winners) {
    try (var _ = thread.hold()) {
      competition.encodeWinnersMaps(images, filters, window, bias, rule, winners);
    }
  }
}
