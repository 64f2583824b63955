package dev.wta.api.op;

import dev.wta.api.tensor.Tensor;
import dev.wta.api.tensor.Winners;
import java.util.Optional;

/**
 * Operations on sparse codes: the cost of each is proportional to the number of winners and not to
 * that of units. Coefficients run along the winners, see {@link Winners}. Operations with a window
 * serve feature maps, those without one fully-connected codes.
 */
public interface Sparse {

  /**
   * {@code out[n, :] = bias + sum over the winners w of sample n of coefficient[w] *
   * weights[unit(w), :]}: the linear decoder. With a window, the linear deconvolution: each winner
   * writes its filter, scaled, through the window at its position. With an encoder's weights and
   * the code's gradient, the gradient with respect to the encoder's input.
   *
   * @param weights {@code (units, outputs)}, or {@code (units, channels, window height, window
   *     width)} with a window
   * @param window for feature maps; empty for fully-connected layers
   * @param bias {@code (outputs)}, or {@code (channels)}
   * @param out {@code (samples, outputs)}, or {@code (samples, channels, height, width)}
   */
  void decode(
      Winners winners,
      Tensor coefficients,
      Tensor weights,
      Optional<Window> window,
      Optional<Tensor> bias,
      Tensor out);

  /**
   * {@code coefficients[w] = outGradient[sample(w), :] . weights[unit(w), :]}: the code's gradient,
   * a product of two dense matrices sampled at the winners. With a window, {@code
   * outGradient[sample(w)]} is read through the window at the winner's position.
   *
   * @param window for feature maps; empty for fully-connected layers
   */
  void codeGradient(
      Winners winners,
      Tensor outGradient,
      Tensor weights,
      Optional<Window> window,
      Tensor coefficients);

  /**
   * {@code out = beta * out + gradient}, as a dense matrix. For clipping, inspection and tests;
   * {@link Update} does not need it.
   */
  void materialise(Gradient.Factored gradient, float beta, Tensor out);

  /**
   * {@code out[u] = sum of the coefficients of unit u's winners}: the gradient of an encoder's
   * bias.
   */
  void unitSums(Winners winners, Tensor coefficients, Tensor out);

  /** The dense code: zero but at the winners, where it holds their coefficients. */
  void scatter(Winners winners, Tensor coefficients, Tensor code);

  /** The coefficients that a dense code has at the winners. */
  void gather(Winners winners, Tensor code, Tensor coefficients);
}
