package dev.wta.workloads;

import dev.wta.api.random.Philox;
import dev.wta.api.random.Seed;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * A linear probe: ten one-vs-rest support-vector machines with the squared hinge on a data set's
 * features, from weights of zero to the optimum. For each class it is
 *
 * <pre>{@code
 * minimise over w   1/2 |w|^2 + C sum over i of max(0, 1 - y_i (w . (x_i, 1)))^2
 * }</pre>
 *
 * with {@code y_i} 1 for the class's samples and -1 for the others; the weight of the constant
 * feature 1 is regularised like any other.
 *
 * <p>The features have the structure of FC-WTA's code of MNIST, without the competition: about a
 * quarter of them are positive, the others 0, their mean norm is 1, and the classes, whose samples
 * gather round some prototypes each, can almost be separated.
 *
 * @param samples how many, the classes one after the other
 * @param features how many a sample has
 */
public record ProbeWorkload(int samples, int features) implements Workload {
  public static final int CLASSES = 10;

  /** The weight of the loss, about what validation chooses. */
  public static final double C = 1;

  /** How far above the minimum, as a part of it, a solver may stop. */
  public static final double PRECISION = 1e-4;

  /** Degrees of freedom that samples vary in. */
  private static final int LATENT = 64;

  /** Prototypes of a class. */
  private static final int PROTOTYPES = 12;

  /** How far samples lie from their prototype, where prototypes have deviation 1. */
  private static final float NOISE = 0.9f;

  /** In deviations of a unit's activation: what a quarter of all exceeds. */
  private static final float THRESHOLD = 0.7f;

  /** As large as MNIST through 2000 units. */
  public ProbeWorkload() {
    this(60_000, 2_000);
  }

  @Override
  public String name() {
    return "probe";
  }

  /** {@code (samples)}: the class of each. */
  public int[] labels() {
    int[] labels = new int[samples];
    Arrays.setAll(labels, i -> i % CLASSES);
    return labels;
  }

  /** {@code (samples, features)}: rectified random directions of the samples. */
  public float[] values() {
    float[] prototypes = InitialValues.normal("probe/prototypes", 1, CLASSES * PROTOTYPES * LATENT);
    float[] directions = InitialValues.normal("probe/directions", 1, LATENT * features);
    Philox choice = Seed.of(1).stream("probe/choice");
    Philox noise = Seed.of(1).stream("probe/noise");
    double variance = 0;
    for (int d = 0; d < LATENT; d++) {
      for (int j = 0; j < features; j++) {
        directions[d * features + j] *= deviation(d);
      }
      variance += deviation(d) * deviation(d) * (1 + NOISE * NOISE);
    }
    float threshold = (float) (THRESHOLD * Math.sqrt(variance));
    float[] values = new float[Math.multiplyExact(samples, features)];
    IntStream.range(0, samples)
        .parallel()
        .forEach(
            i -> {
              int prototype = i % CLASSES * PROTOTYPES + choice.below(PROTOTYPES, i);
              float[] activations = new float[features];
              for (int d = 0; d < LATENT; d++) {
                float x =
                    prototypes[prototype * LATENT + d]
                        + NOISE * noise.normal((long) i * LATENT + d);
                for (int j = 0; j < features; j++) {
                  activations[j] += x * directions[d * features + j];
                }
              }
              for (int j = 0; j < features; j++) {
                values[i * features + j] = Math.max(0, activations[j] - threshold);
              }
            });
    float scale = (float) (1 / meanNorm(values));
    for (int at = 0; at < values.length; at++) {
      values[at] *= scale;
    }
    return values;
  }

  /** Some degrees of freedom count for more than others, as principal components of images do. */
  private static float deviation(int degree) {
    return (float) Math.sqrt(1.0 / (8 + degree));
  }

  private double meanNorm(float[] values) {
    double sum = 0;
    for (int i = 0; i < samples; i++) {
      double squares = 0;
      for (int at = i * features; at < (i + 1) * features; at++) {
        squares += (double) values[at] * values[at];
      }
      sum += Math.sqrt(squares);
    }
    return sum / samples;
  }

  /**
   * What is minimised, added up over the classes.
   *
   * @param values {@link #values()}
   * @param weights {@code (CLASSES, features + 1)}: the constant feature's weight is the last
   */
  public double objective(float[] values, double[] weights) {
    double regularizer = 0;
    for (double weight : weights) {
      regularizer += weight * weight / 2;
    }
    double[] losses =
        IntStream.range(0, samples).parallel().mapToDouble(i -> loss(values, weights, i)).toArray();
    double loss = 0;
    for (double one : losses) {
      loss += one;
    }
    return regularizer + C * loss;
  }

  private double loss(float[] values, double[] weights, int sample) {
    double loss = 0;
    for (int k = 0; k < CLASSES; k++) {
      int row = k * (features + 1);
      double score = weights[row + features];
      for (int j = 0; j < features; j++) {
        score += weights[row + j] * values[sample * features + j];
      }
      double missing = Math.max(0, 1 - (sample % CLASSES == k ? score : -score));
      loss += missing * missing;
    }
    return loss;
  }
}
