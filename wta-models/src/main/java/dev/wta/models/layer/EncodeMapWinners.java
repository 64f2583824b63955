package dev.wta.models.layer;

import dev.wta.api.op.Gradient;
import dev.wta.api.op.SelectionRule;
import dev.wta.api.op.Sparse;
import dev.wta.api.op.Window;
import dev.wta.api.tensor.Tensor;
import dev.wta.api.tensor.Winners;
import dev.wta.models.autodiff.Operation;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.autodiff.Variable;
import java.util.Optional;

/**
 * A rectified convolution and its competition in one: {@link EncodeWinners} for feature maps. The
 * gradients are driven by the winners, each of which saw the image through its own window.
 *
 * @param images {@code (samples, channels, height, width)}
 * @param filters {@code (maps, channels, window height, window width)}
 * @param bias {@code (maps)}
 * @param output the winners' coefficients
 */
public record EncodeMapWinners(
    Variable images,
    Variable filters,
    Variable bias,
    Window window,
    Winners winners,
    Variable output)
    implements Operation {

  public static Code.Sparse run(
      Tape tape,
      Variable images,
      Variable filters,
      Variable bias,
      Window window,
      SelectionRule rule) {
    Winners winners =
        tape.temporaryWinners(MapShapes.maps(images.shape(), filters.shape(), window), rule);
    tape.backend()
        .competition()
        .encodeWinners(
            images.value(), filters.value(), Optional.of(window), bias.value(), rule, winners);
    Variable output = tape.result(winners.values(), images, filters, bias);
    tape.record(new EncodeMapWinners(images, filters, bias, window, winners, output));
    return new Code.Sparse(winners, output);
  }

  @Override
  public void backward(Tensor outputGradient, Tape tape) {
    Sparse sparse = tape.backend().sparse();
    if (filters.needsGradient()) {
      filters.addTerm(Gradient.Term.of(winners, outputGradient, images.value(), window));
    }
    if (bias.needsGradient()) {
      Tensor biasGradient = tape.temporary(bias.shape());
      sparse.unitSums(winners, outputGradient, biasGradient);
      bias.addGradient(biasGradient);
    }
    if (images.needsGradient()) {
      Tensor imageGradient = tape.temporary(images.shape());
      sparse.decode(
          winners,
          outputGradient,
          filters.value(),
          Optional.of(window),
          Optional.empty(),
          imageGradient);
      images.addGradient(imageGradient);
    }
  }
}
