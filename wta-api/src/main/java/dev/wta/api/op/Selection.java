package dev.wta.api.op;

import dev.wta.api.tensor.Tensor;
import dev.wta.api.tensor.Winners;

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
   * Encodes and selects: {@code select(relu(x * weights' + bias), rule)}, without the dense code
   * ever being asked for, so that a backend may select tile by tile. NaN in the code counts here as
   * it does there.
   *
   * @param x {@code (samples, inputs)}
   * @param weights {@code (units, inputs)}
   * @param bias {@code (units)}
   * @param winners overwritten; its code is {@code (samples, units)}
   */
  void encodeWinners(Tensor x, Tensor weights, Tensor bias, SelectionRule rule, Winners winners);

  /**
   * {@link #encodeWinners} for feature maps: {@code select(relu(forward(images, filters, window) +
   * bias), rule)}, see {@link Convolution#forward}, without the dense maps ever being asked for.
   *
   * @param images {@code (samples, channels, height, width)}
   * @param filters {@code (maps, channels, window height, window width)}
   * @param bias {@code (maps)}
   * @param winners overwritten; its code is {@code (samples, maps, map height, map width)}
   */
  void encodeWinnersMaps(
      Tensor images,
      Tensor filters,
      Window window,
      Tensor bias,
      SelectionRule rule,
      Winners winners);
}
