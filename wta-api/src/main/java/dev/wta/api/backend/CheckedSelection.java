package dev.wta.api.backend;

import dev.wta.api.op.Selection;
import dev.wta.api.op.SelectionRule;
import dev.wta.api.op.Window;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.api.tensor.Winners;
import java.util.Optional;
import java.util.function.IntFunction;

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

  @Override
  public Winners encodeToFit(
      Tensor x, Tensor weights, Tensor bias, SelectionRule rule, IntFunction<Winners> room) {
    try (var _ = thread.hold()) {
      Operand batch = Operand.open("encodeToFit", "x", x);
      Operand matrix = Operand.open("encodeToFit", "weights", weights);
      matrix.rowSize(x.shape().rowSize(), batch);
      Operand.open("encodeToFit", "bias", bias).size(weights.shape().rows(), matrix);
      Shape code = Shape.of(x.shape().rows(), weights.shape().rows());
      WinnersOperand.suits("encodeToFit", rule, code);
      return competition.encodeToFit(
          x, weights, bias, rule, capacity -> fitting(room.apply(capacity), code, capacity));
    }
  }

  private static Winners fitting(Winners winners, Shape code, int capacity) {
    WinnersOperand.open("encodeToFit", winners).holds(code, capacity);
    return winners;
  }
}
