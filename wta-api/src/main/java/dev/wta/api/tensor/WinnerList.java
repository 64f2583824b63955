package dev.wta.api.tensor;

import java.util.Arrays;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

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

  /** The winners whose places in this list {@code kept} accepts, in their order. */
  public WinnerList filter(IntPredicate kept) {
    int[] places = IntStream.range(0, count()).filter(kept).toArray();
    float[] ofPlaces = new float[places.length];
    for (int i = 0; i < places.length; i++) {
      ofPlaces[i] = values[places[i]];
    }
    return new WinnerList(
        IntStream.of(places).map(w -> samples[w]).toArray(),
        IntStream.of(places).map(w -> units[w]).toArray(),
        IntStream.of(places).map(w -> positions[w]).toArray(),
        ofPlaces);
  }

  /** How many winners of its sample each winner is behind: of equals, the later in this list. */
  public int[] ranks() {
    int[] end = new int[IntStream.of(samples).max().orElse(-1) + 2];
    for (int sample : samples) {
      end[sample + 1]++;
    }
    Arrays.parallelPrefix(end, Integer::sum);
    long[] ordered = new long[count()];
    for (int w = 0; w < ordered.length; w++) {
      ordered[end[samples[w]]++] = (long) ~ascending(values[w]) << Integer.SIZE | w;
    }
    int[] ranks = new int[ordered.length];
    int start = 0;
    for (int sample = 0; start < ordered.length; sample++) {
      Arrays.sort(ordered, start, end[sample]);
      for (int i = start; i < end[sample]; i++) {
        ranks[(int) ordered[i]] = i - start;
      }
      start = end[sample];
    }
    return ranks;
  }

  /** A whole number that ascends as a float32 does; -0 and 0 have the same. */
  private static int ascending(float value) {
    int bits = Float.floatToRawIntBits(value + 0f);
    return bits ^ (bits >> (Integer.SIZE - 1) & Integer.MAX_VALUE);
  }
}
