package dev.wta.api.backend;

import dev.wta.api.op.Selection;
import dev.wta.api.op.SelectionRule;
import dev.wta.api.op.Window;
import dev.wta.api.tensor.Tensor;
import dev.wta.api.tensor.Winners;
import java.util.Optional;

/** The winner selection of a backend, checked. */
record CheckedSelection(Selection competition, OneThread thread) implements Selection {
  @Override
  public void select(Tensor activations, SelectionRule rule, Winners winners) {
    try (var _ = thread.hold()) {
      WinnersOperand selected = WinnersOperand.open("select", winners);
      selected.sameCode("activations", activations);
      selected.holds(rule);
      competition.select(activations, rule, winners);
    }
  }

  @Override
  public void encodeWinners(
      Tensor x,
      Tensor weights,
      Optional<Window> window,
      Tensor bias,
      SelectionRule rule,
      Winners winners) {
    try (var _ = thread.hold()) {
      WinnersOperand selected = WinnersOperand.open("encodeWinners", winners);
      Operand matrix = selected.weights("x", x, weights, window);
      Operand.open("encodeWinners", "bias", bias).size(weights.shape().rows(), matrix);
      selected.holds(rule);
      competition.encodeWinners(x, weights, window, bias, rule, winners);
    }
  }
}
