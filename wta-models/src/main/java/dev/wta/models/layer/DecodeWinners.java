package dev.wta.models.layer;

import dev.wta.api.op.Dense;
import dev.wta.api.op.Gradient;
import dev.wta.api.op.Window;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.models.autodiff.Operation;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.autodiff.Variable;
import java.util.Optional;

/**
 * The linear decoder of winners, perhaps without a bias: each adds its unit's row of the weights,
 * scaled by its coefficient. With a window it is a deconvolution: each adds its map's filter at its
 * position.
 *
 * @param weights {@code (units, outputs)}, or {@code (units, channels, window height, window
 *     width)} with a window
 * @param window for feature maps; empty for fully-connected layers
 * @param bias {@code (outputs)}, or {@code (channels)}
 * @param output {@code (samples, outputs)}, or {@code (samples, channels, height, width)}
 */
public record DecodeWinners(
    Code.Sparse code,
    Variable weights,
    Optional<Window> window,
    Optional<Variable> bias,
    Variable output)
    implements Operation {

  public static Variable run(
      Tape tape,
      Code.Sparse code,
      Variable weights,
      Optional<Window> window,
      Optional<Variable> bias) {
    Shape shape =
        window.isPresent()
            ? MapShapes.images(code.winners().code(), weights.shape(), window.get())
            : Shape.of(code.winners().samples(), weights.shape().rowSize());
    Tensor out = tape.temporary(shape);
    Tensor coefficients = code.coefficients().value();
    tape.backend()
        .sparse()
        .decode(
            code.winners(), coefficients, weights.value(), window, bias.map(Variable::value), out);
    Variable output = tape.result(out, code.coefficients(), weights, bias.orElse(weights));
    tape.record(new DecodeWinners(code, weights, window, bias, output));
    return output;
  }

  @Override
  public void backward(Tensor outputGradient, Tape tape) {
    Variable coefficients = code.coefficients();
    if (coefficients.needsGradient()) {
      Tensor codeGradient = tape.temporary(coefficients.shape());
      tape.backend()
          .sparse()
          .codeGradient(code.winners(), outputGradient, weights.value(), window, codeGradient);
      coefficients.addGradient(codeGradient);
    }
    if (weights.needsGradient()) {
      weights.addTerm(
          new Gradient.Term(code.winners(), coefficients.value(), outputGradient, window));
    }
    if (bias.isPresent() && bias.get().needsGradient()) {
      Tensor biasGradient = tape.temporary(bias.get().shape());
      if (window.isPresent()) {
        tape.backend().convolution().channelSums(outputGradient, biasGradient);
      } else {
        tape.backend().dense().reduceColumns(Dense.Reduction.SUM, outputGradient, biasGradient);
      }
      bias.get().addGradient(biasGradient);
    }
  }
}
