package dev.wta.api.op;

import dev.wta.api.tensor.Tensor;

/**
 * Two-dimensional convolution of images {@code (samples, channels, height, width)} and maps {@code
 * (samples, maps, map height, map width)} through filters {@code (maps, channels, window height,
 * window width)}; see {@link Window} for the geometry. Gradients through few winners have cheaper
 * twins in {@link Sparse}.
 *
 * <p>What lies outside an image or a map counts as zeros, which may be multiplied or left out: a
 * NaN or an infinity that meets nothing else may or may not make the output NaN.
 */
public interface Convolution {

  /**
   * {@code maps[n, m, y, x] = epilogue(sum over c, i, j of images[n, c, y + i - padding, x + j -
   * padding] * filters[m, c, i, j])}: a cross-correlation, as the field's convolutions are.
   *
   * @param epilogue its bias is {@code (maps)}
   */
  void forward(Tensor images, Tensor filters, Window window, Epilogue epilogue, Tensor maps);

  /**
   * The transpose of {@link #forward}: the deconvolution of a decoder and the gradient with respect
   * to the images. {@code images[n, c, y + i - padding, x + j - padding] = epilogue(sum of maps[n,
   * m, y, x] * filters[m, c, i, j])}.
   *
   * @param epilogue its bias is {@code (channels)}
   */
  void transposed(Tensor maps, Tensor filters, Window window, Epilogue epilogue, Tensor images);

  /**
   * {@code filterGradient[m, c, i, j] = beta * filterGradient[m, c, i, j] + sum over n, y, x of
   * images[n, c, y + i - padding, x + j - padding] * maps[n, m, y, x]}: with the maps' gradient,
   * {@link #forward}'s filter gradient; with the images' gradient in place of the images, {@link
   * #transposed}'s.
   */
  void filterGradient(Tensor images, Tensor maps, Window window, float beta, Tensor filterGradient);

  /** {@code out[c] = sum over n, y, x of images[n, c, y, x]}: the gradient of a channel's bias. */
  void channelSums(Tensor images, Tensor out);

  /**
   * Max-pooling of each channel. NaN in a window makes the output NaN, and its maximum is where the
   * first NaN stands; ties go to the lower position.
   *
   * @param argmax of {@code out}'s shape: the position {@code y * width + x} of each maximum, as a
   *     whole number
   */
  void maxPool(Tensor images, Pool pool, Tensor out, Tensor argmax);

  /**
   * Adds up {@code outGradient} at the positions that {@code argmax} names; everything else becomes
   * 0.
   */
  void maxPoolGradient(Tensor outGradient, Tensor argmax, Tensor imageGradient);
}
