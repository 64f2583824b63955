package dev.wta.api.op;

import dev.wta.api.tensor.Tensor;
import dev.wta.api.tensor.Winners;
import java.util.Optional;

/**
 * What winners make cheap: each operation costs in proportion to the winners and not to the units.
 * Coefficients run along the winners, see {@link Winners}. Operations with a window serve feature
 * maps, those without fully-connected codes; otherwise they are the same.
 */
public interface Sparse {

  /**
   * {@code out[n, :] = bias + sum over the winners w of sample n of coefficient[w] *
   * weights[unit(w), :]}: the linear decoder.
   *
   * @param weights {@code (units, outputs)}
   * @param bias {@code (outputs)}
   * @param out {@code (samples, outputs)}
   */
  void decode(
      Winners winners, Tensor coefficients, Tensor weights, Optional<Tensor> bias, Tensor out);

  /**
   * The linear deconvolution of winners: each writes its filter, scaled, through the window at its
   * position. With an encoder's filters and the code's gradient, the gradient with respect to the
   * encoder's input.
   *
   * @param filters {@code (units, channels, window height, window width)}
   * @param bias {@code (channels)}
   * @param images {@code (samples, channels, height, width)}
   */
  void decodeMaps(
      Winners winners,
      Tensor coefficients,
      Tensor filters,
      Window window,
      Optional<Tensor> bias,
      Tensor images);

  /**
   * {@code coefficients[w] = outGradient[sample(w), :] . weights[unit(w), :]}: the code's gradient,
   * a product of two dense matrices sampled at the winners.
   */
  void codeGradient(Winners winners, Tensor outGradient, Tensor weights, Tensor coefficients);

  /**
   * {@link #codeGradient} for maps: the image's gradient is read through the window at the winner's
   * position.
   */
  void codeGradientMaps(
      Winners winners, Tensor imageGradient, Tensor filters, Window window, Tensor coefficients);

  /**
   * {@code out = beta * out + gradient}, spelt out. For clipping, inspection and tests; {@link
   * Update} needs it not.
   */
  void spellOut(Gradient.Factored gradient, float beta, Tensor out);

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
