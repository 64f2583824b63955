package dev.wta.eval.dictionary;

import java.util.List;

/**
 * How well each latent detects its closest true feature, counted sample by sample: each latent is a
 * binary classifier.
 */
public final class FeatureDetection {
  private final int[] featureOf;
  private final int positions;
  private final long[] both;
  private final long[] latentActive;
  private final long[] featureActive;

  /** The sample that last had each true feature active, from 1. */
  private final long[] lastActive;

  private long samples;
  private long activations;

  /**
   * @param featureOf the true feature of each latent
   * @param features how many there are
   * @param positions the numbers of each latent in a code: 1, or the size of its map
   */
  public FeatureDetection(List<Integer> featureOf, int features, int positions) {
    this.featureOf = featureOf.stream().mapToInt(Integer::intValue).toArray();
    this.positions = positions;
    both = new long[featureOf.size()];
    latentActive = new long[featureOf.size()];
    featureActive = new long[features];
    lastActive = new long[features];
  }

  /**
   * Means over the latents, each of which counts the same; a fraction without a denominator is 0,
   * as SAELens has it.
   *
   * @param precision of the samples that activate a latent, the part with its feature
   * @param recall of the samples with a latent's feature, the part that activate it
   * @param f1 the harmonic mean of the two, for each latent
   * @param accuracy the part of the samples where latent and feature are both active or neither
   * @param trueL0 the mean number of true features of a sample
   */
  public record Summary(
      double precision, double recall, double f1, double accuracy, double trueL0) {}

  /**
   * Adds a sample.
   *
   * @param codes a batch of codes; a latent is active where a number of it is above 0
   * @param from where the sample's code begins, {@code (latents, positions)}
   * @param active the true features that are active
   */
  public void add(float[] codes, int from, int[] active) {
    samples++;
    activations += active.length;
    for (int feature : active) {
      featureActive[feature]++;
      lastActive[feature] = samples;
    }
    int at = from;
    for (int latent = 0; latent < featureOf.length; latent++) {
      boolean fires = false;
      for (int position = 0; position < positions; position++) {
        fires |= codes[at++] > 0;
      }
      if (fires) {
        latentActive[latent]++;
        both[latent] += lastActive[featureOf[latent]] == samples ? 1 : 0;
      }
    }
  }

  /** The measures of all samples so far. */
  public Summary summary() {
    double precisions = 0;
    double recalls = 0;
    double f1s = 0;
    double accuracies = 0;
    for (int latent = 0; latent < featureOf.length; latent++) {
      double precision = ratio(both[latent], latentActive[latent]);
      double recall = ratio(both[latent], featureActive[featureOf[latent]]);
      long wrong = latentActive[latent] + featureActive[featureOf[latent]] - 2 * both[latent];
      precisions += precision;
      recalls += recall;
      f1s += ratio(2 * precision * recall, precision + recall);
      accuracies += ratio(samples - wrong, samples);
    }
    int latents = featureOf.length;
    return new Summary(
        precisions / latents,
        recalls / latents,
        f1s / latents,
        accuracies / latents,
        ratio(activations, samples));
  }

  private static double ratio(long part, long of) {
    return of > 0 ? part / (double) of : 0;
  }

  private static double ratio(double part, double of) {
    return of > 0 ? part / of : 0;
  }
}
