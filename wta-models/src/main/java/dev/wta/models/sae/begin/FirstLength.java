package dev.wta.models.sae.begin;

import dev.wta.api.op.Dense;
import dev.wta.api.tensor.Tensor;

/**
 * The factor of an encoder's initial weights, by which initial reconstructions are not longer than
 * their targets, both measured from the decoder's bias.
 */
public final class FirstLength {
  /** A transcoder's decoder knows nothing of its targets at first: all that it adds is error. */
  private static final double OF_TRANSCODER = 0.1;

  private FirstLength() {}

  /**
   * Where so many latents overlap that reconstructions are longer than their samples, the factor
   * that lets them explain most; else 1.
   *
   * @param made {@code y - c (samples, outputs)}
   * @param wanted {@code x - c}
   */
  public static double ofAutoencoder(Dense dense, Tensor made, Tensor wanted) {
    double squares = dense.dot(made, made);
    double factor = dense.dot(made, wanted) / squares;
    return squares > dense.dot(wanted, wanted) && factor > 0 ? factor : 1;
  }

  /** The factor that brings reconstructions to a tenth of their targets' length; at most 1. */
  public static double ofTranscoder(Dense dense, Tensor made, Tensor wanted) {
    double ratio = dense.dot(wanted, wanted) / dense.dot(made, made);
    double factor = OF_TRANSCODER * Math.sqrt(ratio);
    return factor > 0 && factor < 1 ? factor : 1;
  }
}
