package dev.wta.models.layer;

import dev.wta.api.op.Gradient;
import dev.wta.api.op.Window;
import dev.wta.api.tensor.Tensor;
import dev.wta.models.autodiff.Operation;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.autodiff.Variable;
import java.util.Optional;

/**
 * The linear deconvolution of winners: each adds its map's filter, scaled by its coefficient, at
 * its position.
 *
 * @param filters {@code (maps, channels, window height, window width)}
 * @param bias {@code (channels)}
 * @param output {@code (samples, channels, height, width)}
 */
public record DecodeMapWinners(
    Code.Sparse code, Variable filters, Variable bias, Window window, Variable output)
    implements Operation {

  public static Variable run(
      Tape tape, Code.Sparse code, Variable filters, Variable bias, Window window) {
    Tensor images =
        tape.temporary(MapShapes.images(code.winners().code(), filters.shape(), window));
    Tensor coefficients = code.coefficients().value();
    tape.backend()
        .sparse()
        .decode(
            code.winners(),
            coefficients,
            filters.value(),
            Optional.of(window),
            Optional.of(bias.value()),
            images);
    Variable output = tape.result(images, code.coefficients(), filters, bias);
    tape.record(new DecodeMapWinners(code, filters, bias, window, output));
    return output;
  }

  @Override
  public void backward(Tensor outputGradient, Tape tape) {
    Variable coefficients = code.coefficients();
    if (coefficients.needsGradient()) {
      Tensor codeGradient = tape.temporary(coefficients.shape());
      tape.backend()
          .sparse()
          .codeGradient(
              code.winners(), outputGradient, filters.value(), Optional.of(window), codeGradient);
      coefficients.addGradient(codeGradient);
    }
    if (filters.needsGradient()) {
      filters.addTerm(
          Gradient.Term.of(code.winners(), coefficients.value(), outputGradient, window));
    }
    if (bias.needsGradient()) {
      Tensor biasGradient = tape.temporary(bias.shape());
      tape.backend().convolution().channelSums(outputGradient, biasGradient);
      bias.addGradient(biasGradient);
    }
  }
}
