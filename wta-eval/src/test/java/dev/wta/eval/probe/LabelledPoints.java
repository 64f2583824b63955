package dev.wta.eval.probe;

import dev.wta.api.backend.Backend;
import dev.wta.api.tensor.Shape;
import dev.wta.eval.scaling.FeatureScaling;
import dev.wta.models.Features;
import java.util.Arrays;
import java.util.Random;
import java.util.function.ToIntFunction;

/** A small classification problem: points {@code (samples, inputs)}, and a class for each. */
@SuppressWarnings("ArrayRecordComponent")
public // a carrier of columns, never compared
record LabelledPoints(String name, float[][] points, int[] labels) {

  int inputs() {
    return points[0].length;
  }

  int classes() {
    return Arrays.stream(labels).max().orElseThrow() + 1;
  }

  public Features on(Backend backend) {
    float[] flat = new float[points.length * inputs()];
    for (int i = 0; i < points.length; i++) {
      System.arraycopy(points[i], 0, flat, i * inputs(), inputs());
    }
    return new Features(backend, backend.memory().of(Shape.of(points.length, inputs()), flat));
  }

  LabelledPoints named(String newName) {
    return new LabelledPoints(newName, points, labels);
  }

  /** Each input times its factor. */
  public LabelledPoints scaled(float... factors) {
    float[][] scaled = new float[points.length][inputs()];
    for (int i = 0; i < points.length; i++) {
      for (int j = 0; j < inputs(); j++) {
        scaled[i][j] = points[i][j] * factors[j];
      }
    }
    return new LabelledPoints(name, scaled, labels);
  }

  /** The first samples, then again with other labels: no hyperplane can have them all right. */
  public LabelledPoints withContradictions(int count) {
    float[][] more = Arrays.copyOf(points, points.length + count);
    int[] moreLabels = Arrays.copyOf(labels, labels.length + count);
    for (int i = 0; i < count; i++) {
      more[points.length + i] = points[i].clone();
      moreLabels[points.length + i] = (labels[i] + i % classes()) % classes();
    }
    return new LabelledPoints(name, more, moreLabels);
  }

  LabelledPoints range(int from, int to) {
    return new LabelledPoints(
        name, Arrays.copyOfRange(points, from, to), Arrays.copyOfRange(labels, from, to));
  }

  /**
   * A cloud of points with deviation 1 round a centre for each class.
   *
   * @param apart the deviation of the centres: 0.3 overlaps, 5 separates
   * @param classOf the class of a sample by its number
   */
  public static LabelledPoints clouds(
      String name,
      int samples,
      int inputs,
      double apart,
      long seed,
      ToIntFunction<Integer> classOf) {
    Random random = new Random(seed);
    int[] labels = new int[samples];
    Arrays.setAll(labels, classOf::applyAsInt);
    int classes = Arrays.stream(labels).max().orElseThrow() + 1;
    double[][] centres = new double[classes][inputs];
    for (double[] centre : centres) {
      Arrays.setAll(centre, j -> apart * random.nextGaussian());
    }
    float[][] points = new float[samples][inputs];
    for (int i = 0; i < samples; i++) {
      for (int j = 0; j < inputs; j++) {
        points[i][j] = (float) (centres[labels[i]][j] + random.nextGaussian());
      }
    }
    return new LabelledPoints(name, points, labels);
  }

  /** As a rectified code has them: negative values become 0. */
  public LabelledPoints rectified() {
    float[][] rectified = new float[points.length][inputs()];
    for (int i = 0; i < points.length; i++) {
      for (int j = 0; j < inputs(); j++) {
        rectified[i][j] = Math.max(0, points[i][j]);
      }
    }
    return new LabelledPoints(name, rectified, labels);
  }

  /** Spells out what a scaling does, the plain way. {@code training} is what it is fitted to. */
  LabelledPoints scaledBy(FeatureScaling scaling, LabelledPoints training) {
    double[] factors = new double[inputs()];
    Arrays.fill(factors, 1);
    if (scaling.deviation()) {
      for (int j = 0; j < inputs(); j++) {
        double sum = 0;
        double squares = 0;
        for (float[] point : training.points) {
          double value = root(scaling, point[j]);
          sum += value;
          squares += value * value;
        }
        double mean = sum / training.points.length;
        factors[j] = 1 / Math.sqrt(squares / training.points.length - mean * mean);
      }
    }
    double meanNorm = 0;
    for (float[] point : training.points) {
      meanNorm += norm(scaling, point, factors) / training.points.length;
    }
    float[][] result = new float[points.length][inputs()];
    for (int i = 0; i < points.length; i++) {
      double divisor =
          switch (scaling.norm()) {
            case NONE -> 1;
            case MEAN -> meanNorm;
            case SAMPLE -> norm(scaling, points[i], factors);
          };
      for (int j = 0; j < inputs(); j++) {
        result[i][j] = (float) (root(scaling, points[i][j]) * factors[j] / divisor);
      }
    }
    return new LabelledPoints(name, result, labels);
  }

  private static double root(FeatureScaling scaling, double value) {
    return scaling.squareRoot() ? Math.sqrt(value) : value;
  }

  private static double norm(FeatureScaling scaling, float[] point, double[] factors) {
    double squares = 0;
    for (int j = 0; j < point.length; j++) {
      double value = root(scaling, point[j]) * factors[j];
      squares += value * value;
    }
    return Math.sqrt(squares);
  }

  @Override
  public String toString() {
    return name;
  }
}
