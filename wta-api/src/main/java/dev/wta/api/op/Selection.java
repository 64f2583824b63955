package dev.wta.api.op;

import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.api.tensor.Winners;
import java.util.Optional;
import java.util.function.IntFunction;

/** Winner selection. */
public interface Selection {

  /**
   * Selects the winners of a dense code.
   *
   * @param activations {@code (samples, units[, height, width])}
   * @param winners overwritten; its code has {@code activations}' shape and its capacity is at
   *     least the rule's
   */
  void select(Tensor activations, SelectionRule rule, Winners winners);

  /**
   * Encodes and selects: {@code select(relu(x * weights' + bias), rule)}, with a window {@code
   * select(relu(forward(x, weights, window) + bias), rule)}, see {@link Convolution#forward}. The
   * dense code is not an output, so a backend may select tile by tile. NaN in the code counts as in
   * {@link #select}.
   *
   * @param x {@code (samples, inputs)}, or {@code (samples, channels, height, width)} with a window
   * @param weights {@code (units, inputs)}, or {@code (units, channels, window height, window
   *     width)}
   * @param window for feature maps; empty for fully-connected layers
   * @param bias {@code (units)}
   * @param winners overwritten; its code is {@code (samples, units)}, or {@code (samples, units,
   *     map height, map width)}
   */
  void encodeWinners(
      Tensor x,
      Tensor weights,
      Optional<Window> window,
      Tensor bias,
      SelectionRule rule,
      Winners winners);

  /**
   * As {@link #encodeWinners} without a window, into winners whose capacity is chosen by their
   * number: under a rule of thresholds all activations might win, but few do.
   *
   * @param x {@code (samples, inputs)}
   * @param weights {@code (units, inputs)}
   * @param bias {@code (units)}
   * @param room is called once, with a number from that of the winners to the rule's capacity;
   *     returns winners of the code {@code (samples, units)} with at least that capacity, which are
   *     overwritten
   * @return what {@code room} returned
   */
  default Winners encodeToFit(
      Tensor x, Tensor weights, Tensor bias, SelectionRule rule, IntFunction<Winners> room) {
    Shape code = Shape.of(x.shape().rows(), weights.shape().rows());
    Winners winners = room.apply(rule.capacity(code));
    encodeWinners(x, weights, Optional.empty(), bias, rule, winners);
    return winners;
  }

  /**
   * As {@link #encodeToFit} with rows that are scaled, {@code diag(scale) * weights}, without these
   * being stored: the same winners, to the bit. A backend that would have to store them declines,
   * since whoever stores them may use them again.
   *
   * @param scale {@code (units)}
   * @param bias is added as it is, {@code (units)}
   * @return what {@code room} returned; empty where the backend declines, and has done nothing
   */
  default Optional<Winners> encodeScaled(
      Tensor x,
      Tensor weights,
      Tensor scale,
      Tensor bias,
      SelectionRule rule,
      IntFunction<Winners> room) {
    return Optional.empty();
  }
}
