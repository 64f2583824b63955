package dev.wta.eval.scaling;

import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.api.op.Dense.Binary;
import dev.wta.api.op.Dense.Reduction;
import dev.wta.api.op.Dense.Unary;
import dev.wta.api.op.Memory;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.models.Features;
import java.util.Arrays;

/**
 * A {@link FeatureScaling} with the numbers that it measured on training features: feature {@code
 * j} of a sample becomes {@code factor(j) * x_j}, or {@code factor(j) * sqrt(x_j)}, divided by the
 * sample's norm after that where the scaling says so.
 */
public final class FittedScaling {
  private static final int ROWS = 1024;

  private final FeatureScaling scaling;
  private final double[] factors;

  private FittedScaling(FeatureScaling scaling, double[] factors) {
    this.scaling = scaling;
    this.factors = factors;
  }

  public FeatureScaling scaling() {
    return scaling;
  }

  public int features() {
    return factors.length;
  }

  public double factor(int feature) {
    return factors[feature];
  }

  /**
   * Measures what the scaling needs, block by block.
   *
   * @throws WtaException if the features hold NaN or infinities, or negative numbers under a square
   *     root
   */
  public static FittedScaling fit(FeatureScaling scaling, Features features) {
    int samples = features.samples();
    int inputs = features.width();
    double[] factors = new double[inputs];
    Arrays.fill(factors, 1);
    Moments moments = Moments.of(features, scaling.squareRoot());
    if (scaling.deviation()) {
      for (int j = 0; j < inputs; j++) {
        double mean = moments.sums[j] / samples;
        double variance = moments.squares[j] / samples - mean * mean;
        // What float32 sums leave of a constant feature's variance is noise.
        boolean constant = variance <= 1e-6 * moments.squares[j] / samples;
        factors[j] = constant ? 1 : 1 / Math.sqrt(variance);
      }
    }
    FittedScaling unscaled = new FittedScaling(scaling, factors);
    if (scaling.norm() == FeatureScaling.Norm.MEAN) {
      double[] norms = unscaled.norms(features);
      double mean = Arrays.stream(norms).sum() / Math.max(samples, 1);
      for (int j = 0; j < inputs; j++) {
        factors[j] /= mean > 0 ? mean : 1;
      }
    }
    return unscaled;
  }

  /** What each sample's scores are multiplied by: 1, or 1 over its scaled norm. */
  public float[] sampleFactors(Features features) {
    float[] sampleFactors = new float[features.samples()];
    Arrays.fill(sampleFactors, 1);
    if (scaling.norm() == FeatureScaling.Norm.SAMPLE) {
      double[] norms = norms(features);
      for (int i = 0; i < norms.length; i++) {
        sampleFactors[i] = norms[i] > 0 ? (float) (1 / norms[i]) : 1;
      }
    }
    return sampleFactors;
  }

  /** The L2 norm of each sample after the square roots and the factors. */
  private double[] norms(Features features) {
    Backend backend = features.backend();
    int inputs = features();
    int rows = Math.min(ROWS, Math.max(features.samples(), 1));
    double[] norms = new double[features.samples()];
    float[] squares = new float[rows];
    float[] row = new float[inputs];
    for (int j = 0; j < inputs; j++) {
      row[j] = (float) factors[j];
    }
    Memory memory = backend.memory();
    try (Tensor scaled = memory.allocate(Shape.of(rows, inputs));
        Tensor factorRow = memory.of(Shape.of(inputs), row);
        Tensor sums = memory.allocate(Shape.of(rows))) {
      for (int from = 0; from < norms.length; from += rows) {
        int count = Math.min(rows, norms.length - from);
        Tensor block = features.rows(from, count);
        Tensor out = scaled.rows(0, count);
        if (scaling.squareRoot()) {
          backend.dense().map(Unary.SQRT, block, out);
          block = out;
        }
        backend.dense().zipRow(Binary.MULTIPLY, block, factorRow, out);
        backend.dense().reduceRows(Reduction.SUM_OF_SQUARES, out, sums.rows(0, count));
        memory.download(sums.rows(0, count), squares, 0);
        for (int i = 0; i < count; i++) {
          norms[from + i] = Math.sqrt(squares[i]);
        }
      }
    }
    return norms;
  }

  /** Each feature's sum and sum of squares, after the square root if there is one. */
  @SuppressWarnings("ArrayRecordComponent") // a carrier of columns, never compared
  private record Moments(double[] sums, double[] squares) {
    static Moments of(Features features, boolean squareRoot) {
      Backend backend = features.backend();
      int inputs = features.width();
      int samples = features.samples();
      int rows = Math.min(ROWS, Math.max(samples, 1));
      Moments moments = new Moments(new double[inputs], new double[inputs]);
      float[] host = new float[inputs];
      Memory memory = backend.memory();
      try (Tensor roots = memory.allocate(Shape.of(squareRoot ? rows : 0, inputs));
          Tensor column = memory.allocate(Shape.of(inputs))) {
        for (int from = 0; from < samples; from += rows) {
          int count = Math.min(rows, samples - from);
          Tensor block = features.rows(from, count);
          if (squareRoot) {
            backend.dense().map(Unary.SQRT, block, roots.rows(0, count));
            block = roots.rows(0, count);
          }
          backend.dense().reduceColumns(Reduction.SUM, block, column);
          memory.download(column, host, 0);
          add(host, moments.sums, from, squareRoot);
          backend.dense().reduceColumns(Reduction.SUM_OF_SQUARES, block, column);
          memory.download(column, host, 0);
          add(host, moments.squares, from, squareRoot);
        }
      }
      return moments;
    }

    /** A NaN or an infinity anywhere in a column shows in its sums; so does a negative's root. */
    private static void add(float[] block, double[] sums, int from, boolean squareRoot) {
      for (int j = 0; j < block.length; j++) {
        if (!Float.isFinite(block[j])) {
          throw new WtaException(
              "feature %d of the %d samples from sample %d on has %s"
                  .formatted(
                      j,
                      ROWS,
                      from,
                      squareRoot ? "NaN, an infinity or a negative number" : "NaN or an infinity"),
              squareRoot
                  ? "scale without square-root, or train the model again at a lower rate"
                  : "train the model again at a lower rate");
        }
        sums[j] += block[j];
      }
    }
  }
}
