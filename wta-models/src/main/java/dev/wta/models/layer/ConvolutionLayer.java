package dev.wta.models.layer;

import dev.wta.api.op.Convolution;
import dev.wta.api.op.Dense;
import dev.wta.api.op.Epilogue;
import dev.wta.api.op.Window;
import dev.wta.api.tensor.Tensor;
import dev.wta.models.autodiff.Operation;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.autodiff.Variable;

/**
 * A rectified convolution, {@code out = relu(convolution(images, filters) + bias)}.
 *
 * @param images {@code (samples, channels, height, width)}
 * @param filters {@code (maps, channels, window height, window width)}
 * @param bias {@code (maps)}
 * @param output {@code (samples, maps, map height, map width)}
 */
public record ConvolutionLayer(
    Variable images, Variable filters, Variable bias, Window window, Variable output)
    implements Operation {

  public static Variable run(
      Tape tape, Variable images, Variable filters, Variable bias, Window window) {
    Tensor maps = tape.temporary(MapShapes.maps(images.shape(), filters.shape(), window));
    tape.backend()
        .convolution()
        .forward(images.value(), filters.value(), window, Epilogue.biasRelu(bias.value()), maps);
    Variable output = tape.result(maps, images, filters, bias);
    tape.record(new ConvolutionLayer(images, filters, bias, window, output));
    return output;
  }

  @Override
  public void backward(Tensor outputGradient, Tape tape) {
    Convolution convolution = tape.backend().convolution();
    Tensor gradient = tape.temporary(output.shape());
    tape.backend()
        .dense()
        .zip(Dense.Binary.RELU_GRADIENT, outputGradient, output.value(), gradient);
    if (filters.needsGradient()) {
      Tensor filterGradient = tape.temporary(filters.shape());
      convolution.filterGradient(images.value(), gradient, window, 0, filterGradient);
      filters.addGradient(filterGradient);
    }
    if (bias.needsGradient()) {
      Tensor biasGradient = tape.temporary(bias.shape());
      convolution.channelSums(gradient, biasGradient);
      bias.addGradient(biasGradient);
    }
    if (images.needsGradient()) {
      Tensor imageGradient = tape.temporary(images.shape());
      convolution.transposed(gradient, filters.value(), window, Epilogue.NONE, imageGradient);
      images.addGradient(imageGradient);
    }
  }
}
