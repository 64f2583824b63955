package dev.wta.api.tensor;

/**
 * Winners on the host, in canonical order: by unit, then sample, then position. For tests,
 * pictures, metrics, and models that look at single winners; most training never needs it.
 *
 * @param samples the sample of each winner
 * @param units the unit (feature map) of each winner
 * @param positions the position {@code y * width + x} in the map; 0 for a fully-connected code
 * @param values the coefficient of each winner
 */
@SuppressWarnings("ArrayRecordComponent") // a plain carrier of columns, never compared
public record WinnerList(int[] samples, int[] units, int[] positions, float[] values) {
  public WinnerList {
    if (samples.length != units.length
        || samples.length != positions.length
        || samples.length != values.length) {
      throw new IllegalArgumentException(
          "columns of different lengths: %d samples, %d units, %d positions, %d values"
              .formatted(samples.length, units.length, positions.length, values.length));
    }
  }

  public int count() {
    return values.length;
  }

  /**
   * Whether winner {@code w} comes after winner {@code w - 1} in canonical order, and is another
   * one.
   */
  public boolean ascendsAt(int w) {
    if (units[w] != units[w - 1]) {
      return units[w] > units[w - 1];
    }
    if (samples[w] != samples[w - 1]) {
      return samples[w] > samples[w - 1];
    }
    return positions[w] > positions[w - 1];
  }
}
