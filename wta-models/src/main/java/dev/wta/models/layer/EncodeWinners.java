package dev.wta.models.layer;

import dev.wta.api.op.Gradient;
import dev.wta.api.op.SelectionRule;
import dev.wta.api.op.Sparse;
import dev.wta.api.op.Window;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.api.tensor.Winners;
import dev.wta.models.autodiff.Operation;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.autodiff.Variable;
import java.util.Optional;

/**
 * A rectified layer and its competition in one: the losers are never stored, and the gradients are
 * driven by the winners. A winner is positive, so the rectifier's derivative there is 1. With a
 * window it is a convolution: each winner sees the image through its own window.
 *
 * @param x {@code (samples, inputs)}, or {@code (samples, channels, height, width)} with a window
 * @param weights {@code (units, inputs)}, or {@code (units, channels, window height, window width)}
 * @param window for feature maps; empty for fully-connected layers
 * @param bias {@code (units)}
 * @param output the winners' coefficients
 */
public record EncodeWinners(
    Variable x,
    Variable weights,
    Optional<Window> window,
    Variable bias,
    Winners winners,
    Variable output)
    implements Operation {

  public static Code.Sparse run(
      Tape tape,
      Variable x,
      Variable weights,
      Optional<Window> window,
      Variable bias,
      SelectionRule rule) {
    Winners winners =
        window
            .map(through -> ofMaps(tape, x, weights, through, bias, rule))
            .orElseGet(() -> tape.winners(x.value(), weights.value(), bias.value(), rule));
    return of(tape, winners, winners.values(), x, weights, window, bias);
  }

  private static Winners ofMaps(
      Tape tape,
      Variable images,
      Variable filters,
      Window window,
      Variable bias,
      SelectionRule rule) {
    Shape code = MapShapes.maps(images.shape(), filters.shape(), window);
    Winners winners = tape.temporaryWinners(code, rule);
    tape.backend()
        .selection()
        .encodeWinners(
            images.value(), filters.value(), Optional.of(window), bias.value(), rule, winners);
    return winners;
  }

  /**
   * The code of winners that were selected before.
   *
   * @param values of {@code x * weights' + bias} at the winners, {@code (capacity)}; not
   *     necessarily positive
   */
  public static Code.Sparse of(
      Tape tape,
      Winners winners,
      Tensor values,
      Variable x,
      Variable weights,
      Optional<Window> window,
      Variable bias) {
    Variable output = tape.result(values, x, weights, bias);
    tape.record(new EncodeWinners(x, weights, window, bias, winners, output));
    return new Code.Sparse(winners, output);
  }

  @Override
  public void backward(Tensor outputGradient, Tape tape) {
    Sparse sparse = tape.backend().sparse();
    if (weights.needsGradient()) {
      weights.addTerm(new Gradient.Term(winners, outputGradient, x.value(), window));
    }
    if (bias.needsGradient()) {
      Tensor biasGradient = tape.temporary(bias.shape());
      sparse.unitSums(winners, outputGradient, biasGradient);
      bias.addGradient(biasGradient);
    }
    if (x.needsGradient()) {
      Tensor inputGradient = tape.temporary(x.shape());
      sparse.decode(
          winners, outputGradient, weights.value(), window, Optional.empty(), inputGradient);
      x.addGradient(inputGradient);
    }
  }
}
