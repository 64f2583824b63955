package dev.wta.models.sae.init;

import dev.wta.api.op.Dense;
import dev.wta.api.tensor.Tensor;

/**
 * The factor by which an encoder's initial weights are multiplied, so that initial reconstructions
 * are not longer than their targets, both measured from the decoder's bias.
 */
public final class InitialScale {
  /** An untrained transcoder's decoder is unrelated to its targets: all that it adds is error. */
  private static final double OF_TRANSCODER = 0.1;

  private InitialScale() {}

  /**
   * The factor; 1 leaves the encoder as it is.
   *
   * @param transcodes whether targets are other than the samples themselves
   * @param decoded {@code y - c (samples, outputs)}
   * @param wanted {@code x - c}, of the targets
   */
  public static double of(boolean transcodes, Dense dense, Tensor decoded, Tensor wanted) {
    return transcodes
        ? ofTranscoder(dense, decoded, wanted)
        : ofAutoencoder(dense, decoded, wanted);
  }

  /**
   * The factor that minimises the squared error, if overlapping latents make reconstructions longer
   * than their samples; else 1.
   */
  private static double ofAutoencoder(Dense dense, Tensor decoded, Tensor wanted) {
    double squares = dense.dot(decoded, decoded);
    double factor = dense.dot(decoded, wanted) / squares;
    return squares > dense.dot(wanted, wanted) && factor > 0 ? factor : 1;
  }

  /** The factor that brings reconstructions to a tenth of their targets' length; at most 1. */
  private static double ofTranscoder(Dense dense, Tensor decoded, Tensor wanted) {
    double ratio = dense.dot(wanted, wanted) / dense.dot(decoded, decoded);
    double factor = OF_TRANSCODER * Math.sqrt(ratio);
    return factor > 0 && factor < 1 ? factor : 1;
  }
}
