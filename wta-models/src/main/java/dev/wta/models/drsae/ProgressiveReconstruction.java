package dev.wta.models.drsae;

import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Reconstructions of a sample by its 1, 2, 3, ... units that contribute most: a unit's contribution
 * is {@code z_u |D_u|}.
 *
 * @param ranked the active units, the one that contributes most first
 * @param sums the reconstruction after one unit, two, ...: {@code (active units, inputs)}
 */
@SuppressWarnings("ArrayRecordComponent") // a plain carrier, never compared
public record ProgressiveReconstruction(int[] ranked, float[][] sums) {

  /**
   * That of a code.
   *
   * @param code of one sample, {@code (units)} from {@code offset}
   */
  static ProgressiveReconstruction of(float[] code, int offset, float[] decoder, int units) {
    int inputs = decoder.length / units;
    double[] contributions = new double[units];
    for (int u = 0; u < units; u++) {
      double squares = 0;
      for (int i = u * inputs; i < (u + 1) * inputs; i++) {
        squares += (double) decoder[i] * decoder[i];
      }
      contributions[u] = code[offset + u] * Math.sqrt(squares);
    }
    int[] ranked =
        IntStream.range(0, units)
            .filter(u -> contributions[u] > 0)
            .boxed()
            .sorted(Comparator.comparingDouble(u -> -contributions[u]))
            .mapToInt(u -> u)
            .toArray();
    float[][] sums = new float[ranked.length][inputs];
    for (int r = 0; r < ranked.length; r++) {
      for (int i = 0; i < inputs; i++) {
        float before = r == 0 ? 0 : sums[r - 1][i];
        sums[r][i] = before + code[offset + ranked[r]] * decoder[ranked[r] * inputs + i];
      }
    }
    return new ProgressiveReconstruction(ranked, sums);
  }

  /**
   * That of each sample of a batch.
   *
   * @param codes {@code (samples, units)}
   */
  public static ProgressiveReconstruction[] of(Drsae model, float[] codes) {
    float[] decoder = model.backend().memory().download(model.decoderFilters());
    int units = model.features();
    return IntStream.range(0, codes.length / units)
        .mapToObj(n -> of(codes, n * units, decoder, units))
        .toArray(ProgressiveReconstruction[]::new);
  }

  /** The reconstruction after so many units, or after all of them if there are fewer. */
  public float[] after(int units, int inputs) {
    return ranked.length == 0 ? new float[inputs] : sums[Math.min(units, ranked.length) - 1];
  }
}
