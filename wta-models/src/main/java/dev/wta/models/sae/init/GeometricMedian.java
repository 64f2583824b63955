package dev.wta.models.sae.init;

import java.util.Arrays;

/**
 * The point whose distances from some samples have the smallest sum: a centre that outliers do not
 * move. Found by Weiszfeld's iteration, which begins at the mean and replaces the centre by the
 * mean of the samples, each weighted by the inverse of its distance.
 */
public final class GeometricMedian {
  private static final int MOST_ITERATIONS = 100;

  /** Iteration ends when the centre moves by less, as a fraction of its mean distance. */
  private static final double TOLERANCE = 1e-6;

  private GeometricMedian() {}

  /**
   * The geometric median.
   *
   * @param samples {@code (count, width)}, at least one
   */
  public static double[] of(float[] samples, int width) {
    int count = samples.length / width;
    double[] weights = new double[count];
    Arrays.fill(weights, 1.0 / count);
    double[] centre = weightedMean(samples, weights, width);
    for (int i = 0; i < MOST_ITERATIONS; i++) {
      double sum = 0;
      double distances = 0;
      for (int n = 0; n < count; n++) {
        double distance = Math.sqrt(squaredDistance(samples, n, centre));
        distances += distance / count;
        // A centre that stands on a sample would weigh it infinitely.
        weights[n] = 1 / Math.max(distance, Float.MIN_NORMAL);
        sum += weights[n];
      }
      for (int n = 0; n < count; n++) {
        weights[n] /= sum;
      }
      double[] next = weightedMean(samples, weights, width);
      double moved = 0;
      for (int j = 0; j < width; j++) {
        moved += (next[j] - centre[j]) * (next[j] - centre[j]);
      }
      centre = next;
      if (Math.sqrt(moved) <= TOLERANCE * distances) {
        break;
      }
    }
    return centre;
  }

  private static double[] weightedMean(float[] samples, double[] weights, int width) {
    double[] mean = new double[width];
    for (int n = 0; n < weights.length; n++) {
      for (int j = 0; j < width; j++) {
        mean[j] += weights[n] * samples[n * width + j];
      }
    }
    return mean;
  }

  private static double squaredDistance(float[] samples, int n, double[] centre) {
    double sum = 0;
    for (int j = 0; j < centre.length; j++) {
      double difference = samples[n * centre.length + j] - centre[j];
      sum += difference * difference;
    }
    return sum;
  }
}
