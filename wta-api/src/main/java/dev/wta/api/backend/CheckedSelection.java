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
      Shape code = code("encodeToFit", x, weights, bias, rule);
      return competition.encodeToFit(x, weights, bias, rule, fitting("encodeToFit", room, code));
    }
  }

  @Override
  public Optional<Winners> encodeScaled(
      Tensor x,
      Tensor weights,
      Tensor scale,
      Tensor bias,
      SelectionRule rule,
      IntFunction<Winners> room) {
    try (var _ = thread.hold()) {
      Shape code = code("encodeScaled", x, weights, bias, rule);
      Operand matrix = Operand.open("encodeScaled", "weights", weights);
      Operand.open("encodeScaled", "scale", scale).size(weights.shape().rows(), matrix);
      return competition.encodeScaled(
          x, weights, scale, bias, rule, fitting("encodeScaled", room, code));
    }
  }

  /** The code of a fully-connected layer whose operands fit together. */
  private static Shape code(
      String operation, Tensor x, Tensor weights, Tensor bias, SelectionRule rule) {
    Operand batch = Operand.open(operation, "x", x);
    Operand matrix = Operand.open(operation, "weights", weights);
    matrix.rowSize(x.shape().rowSize(), batch);
    Operand.open(operation, "bias", bias).size(weights.shape().rows(), matrix);
    Shape code = Shape.of(x.shape().rows(), weights.shape().rows());
    WinnersOperand.suits(operation, rule, code);
    return code;
  }

  private static IntFunction<Winners> fitting(
      String operation, IntFunction<Winners> room, Shape code) {
    return capacity -> {
      Winners winners = room.apply(capacity);
      WinnersOperand.open(operation, winners).holds(code, capacity);
      return winners;
    };
  }
}
