package dev.wta.models.exchange.model;

import java.util.List;

/** How latents become active, by their {@code u = W (x - c) + b}, or {@code W x + b}. */
public sealed interface SaeCode {

  /** {@code z = relu(u)}. */
  record Rectified() implements SaeCode {}

  /**
   * {@code z = relu(u)} of the k largest.
   *
   * @param weighted whether they are the largest of {@code u |D|} instead, by the lengths of D's
   *     rows
   */
  record TopK(int k, boolean weighted) implements SaeCode {}

  /**
   * {@code z = u where u > theta}.
   *
   * @param thresholds {@code (latents)}
   */
  @SuppressWarnings("ArrayRecordComponent") // a plain carrier, never compared
  record Above(float[] thresholds) implements SaeCode {

    /** Of a code that is rectified besides: thresholds below 0 are the same as 0. */
    public static Above rectified(float[] thresholds) {
      float[] least0 = thresholds.clone();
      for (int i = 0; i < least0.length; i++) {
        least0[i] = Math.max(0, least0[i]);
      }
      return new Above(least0);
    }
  }

  /**
   * In training the n k largest of a batch of n samples, and afterwards {@code z = u where u > t}.
   *
   * @param threshold t
   * @param weighted whether both are of {@code u |D|} instead
   * @param prefixes how many nested prefixes learn to reconstruct, 1 for none but the whole
   */
  record OfBatch(int k, float threshold, boolean weighted, int prefixes) implements SaeCode {

    /**
     * How many prefixes of such widths there are. Prefixes here are halves of halves; others have
     * the same codes without them, which is noted.
     *
     * @param widths ascending, the last one all latents
     */
    public static int prefixes(List<?> widths, int latents, List<String> notes) {
      for (int i = 0; i < widths.size(); i++) {
        long halved = Math.ceilDiv((long) latents, 1L << (widths.size() - 1 - i));
        if (!(widths.get(i) instanceof Number width) || width.longValue() != halved) {
          notes.add(
              "prefixes %s do not halve: it is a batch-topk here, and further training does"
                      .formatted(widths)
                  + " not nest");
          return 1;
        }
      }
      return Math.max(1, widths.size());
    }
  }

  /**
   * {@code z = relu(exp(r) (u - b) + m) where u > 0}.
   *
   * @param logScale {@code r (latents)}
   * @param bias {@code m (latents)}
   */
  @SuppressWarnings("ArrayRecordComponent") // a plain carrier, never compared
  record Gated(float[] logScale, float[] bias) implements SaeCode {

    /** The magnitudes' biases of a model whose {@code u - b} is lower by {@code shift}. */
    public float[] shifted(double[] shift) {
      double[] scaled = new double[shift.length];
      for (int i = 0; i < scaled.length; i++) {
        scaled[i] = shift[i] * StrictMath.exp(logScale[i]);
      }
      return SaeWeights.plus(bias, scaled);
    }
  }
}
