package dev.wta.models.layer;

import dev.wta.api.op.Convolution;
import dev.wta.api.op.Epilogue;
import dev.wta.api.op.Window;
import dev.wta.api.tensor.Tensor;
import dev.wta.models.autodiff.Operation;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.autodiff.Variable;

/**
 * The linear deconvolution of whole maps: what {@link DecodeWinners} is without a competition.
 *
 * @param maps {@code (samples, maps, map height, map width)}
 * @param filters {@code (maps, channels, window height, window width)}
 * @param bias {@code (channels)}
 * @param output {@code (samples, channels, height, width)}
 */
public record DecodeMaps(
    Variable maps, Variable filters, Variable bias, Window window, Variable output)
    implements Operation {

  public static Variable run(
      Tape tape, Variable maps, Variable filters, Variable bias, Window window) {
    Tensor images = tape.temporary(MapShapes.images(maps.shape(), filters.shape(), window));
    tape.backend()
        .convolution()
        .transposed(maps.value(), filters.value(), window, Epilogue.bias(bias.value()), images);
    Variable output = tape.result(images, maps, filters, bias);
    tape.record(new DecodeMaps(maps, filters, bias, window, output));
    return output;
  }

  @Override
  public void backward(Tensor outputGradient, Tape tape) {
    Convolution convolution = tape.backend().convolution();
    if (maps.needsGradient()) {
      Tensor mapGradient = tape.temporary(maps.shape());
      convolution.forward(outputGradient, filters.value(), window, Epilogue.NONE, mapGradient);
      maps.addGradient(mapGradient);
    }
    if (filters.needsGradient()) {
      Tensor filterGradient = tape.temporary(filters.shape());
      convolution.filterGradient(outputGradient, maps.value(), window, 0, filterGradient);
      filters.addGradient(filterGradient);
    }
    if (bias.needsGradient()) {
      Tensor biasGradient = tape.temporary(bias.shape());
      convolution.channelSums(outputGradient, biasGradient);
      bias.addGradient(biasGradient);
    }
  }
}
