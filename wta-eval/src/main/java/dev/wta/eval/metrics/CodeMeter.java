package dev.wta.eval.metrics;

import dev.wta.models.FeatureExtractor;
import java.util.Arrays;

/**
 * Counts, batch by batch, how many features of a code are active and how often each latent is, in
 * memory that grows with the features alone. A feature is active where it is not 0. A latent is a
 * row of the decoder: a number of the code, or a feature map, active on a sample where any number
 * of its map is.
 */
public final class CodeMeter {
  /** So many places are passed over at once where all are 0. */
  private static final int BLOCK = 8;

  private final int latents;
  private final int positions;

  /** How many samples have so many active features, {@code (features + 1)}. */
  private final long[] samplesOfL0;

  private final long[] activeSamples;
  private double absolute;
  private long samples;

  CodeMeter(int latents, int positions) {
    this.latents = latents;
    this.positions = positions;
    samplesOfL0 = new long[latents * positions + 1];
    activeSamples = new long[latents];
  }

  /** A meter of an encoder's codes that has seen none yet. */
  public static CodeMeter of(FeatureExtractor encoder) {
    int units = encoder.units();
    return encoder.features() % units == 0
        ? new CodeMeter(units, encoder.features() / units)
        : new CodeMeter(encoder.features(), 1);
  }

  /**
   * Adds the first {@code count} codes of a batch.
   *
   * @param codes {@code (count, latents, positions)}
   */
  public void add(float[] codes, int count) {
    int features = latents * positions;
    for (int i = 0; i < count; i++) {
      int begin = i * features;
      int end = begin + features;
      int l0 = 0;
      int last = -1;
      for (int at = active(codes, begin, end); at < end; at = active(codes, at + 1, end)) {
        l0++;
        absolute += Math.abs(codes[at]);
        int latent = (at - begin) / positions;
        activeSamples[latent] += latent == last ? 0 : 1;
        last = latent;
      }
      samplesOfL0[l0]++;
    }
    samples += count;
  }

  /** The first place from {@code from} on that is not 0, or {@code end}; most places are 0. */
  private static int active(float[] codes, int from, int end) {
    int at = from;
    while (at + BLOCK <= end && zeros(codes, at)) {
      at += BLOCK;
    }
    while (at < end && codes[at] == 0) {
      at++;
    }
    return at;
  }

  private static boolean zeros(float[] codes, int at) {
    float sum = 0;
    for (int i = at; i < at + BLOCK; i++) {
      sum += Math.abs(codes[i]);
    }
    return sum == 0;
  }

  /**
   * The measures of all samples so far.
   *
   * @throws IllegalStateException before the first sample
   */
  public CodeMetrics metrics() {
    if (samples == 0) {
      throw new IllegalStateException("no samples have been added");
    }
    double sum = 0;
    for (int l0 = 0; l0 < samplesOfL0.length; l0++) {
      sum += (double) l0 * samplesOfL0[l0];
    }
    double[] densities =
        Arrays.stream(activeSamples).mapToDouble(active -> active / (double) samples).toArray();
    return new CodeMetrics(
        samples,
        samplesOfL0.length - 1,
        sum / samples,
        CodeMetrics.QUANTILES.stream().map(this::quantile).toList(),
        absolute / samples,
        Arrays.stream(densities).boxed().toList());
  }

  /** The smallest L0 that at least this part of the samples does not exceed. */
  private int quantile(double part) {
    long wanted = Math.max(1, (long) Math.ceil(part * samples));
    long seen = 0;
    int l0 = -1;
    while (seen < wanted) {
      seen += samplesOfL0[++l0];
    }
    return l0;
  }
}
