package dev.wta.data.preprocessing;

import dev.wta.api.tensor.Shape;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;

/**
 * ZCA whitening: a rotation of the sample into the covariance's eigenvectors, a scaling to about
 * unit variance, and the rotation back, so that whitened pictures still look like pictures:
 *
 * <pre>{@code y = U diag(1 / sqrt(s + epsilon)) U' (x - mean)}</pre>
 *
 * where {@code U diag(s) U'} is the training samples' covariance. {@code epsilon} keeps directions
 * of little variance from being blown up.
 */
public final class Zca implements Preprocessing {
  static final String KIND = "zca";
  static final String MEAN = "mean";
  static final String WHITENING = "whitening";
  static final StepArgument EPSILON = StepArgument.from0("epsilon", 0.1);
  static final StepArgument SAMPLES = StepArgument.whole("samples", 100_000, 2);

  private static final int VECTORS_AT_ONCE = 1024;

  private final float[] mean;
  private final float[] whitening;
  private final double epsilon;
  private final int samples;
  private final double[][] rows; // of the whitening matrix
  private double[][] inverse = {}; // of it, once it was needed

  /**
   * @param mean {@code (sample)}, copied
   * @param whitening {@code (sample, sample)}, row-major and symmetric, copied
   * @param epsilon what was added to the variances
   * @param samples how many samples it was fitted to at most
   */
  Zca(float[] mean, float[] whitening, double epsilon, int samples) {
    this.mean = mean.clone();
    this.whitening = whitening.clone();
    this.epsilon = epsilon;
    this.samples = samples;
    this.rows = new double[mean.length][mean.length];
    for (int i = 0; i < mean.length; i++) {
      for (int j = 0; j < mean.length; j++) {
        rows[i][j] = whitening[i * mean.length + j];
      }
    }
  }

  @Override
  public void apply(float[] values, int count, Shape sample) {
    PreprocessingKind.requireFittedTo(this, mean.length, sample);
    int width = mean.length;
    double[][] centred = new double[count][width];
    for (int i = 0; i < count; i++) {
      for (int j = 0; j < width; j++) {
        centred[i][j] = values[i * width + j] - mean[j];
      }
    }
    double[][] whitened = new double[count][width];
    MatrixProduct.add(centred, rows, whitened);
    for (int i = 0; i < count; i++) {
      for (int j = 0; j < width; j++) {
        values[i * width + j] = (float) whitened[i][j];
      }
    }
  }

  @Override
  public Optional<String> irreversible() {
    return Optional.empty();
  }

  /** The product with the matrix's inverse, which is computed once, and then the mean. */
  @Override
  public void invert(float[] values, int count, Shape sample) {
    PreprocessingKind.requireFittedTo(this, mean.length, sample);
    int width = mean.length;
    double[][] whitened = new double[count][width];
    double[][] restored = new double[count][width];
    for (int i = 0; i < count; i++) {
      for (int j = 0; j < width; j++) {
        whitened[i][j] = values[i * width + j];
      }
    }
    MatrixProduct.add(whitened, inverse(), restored);
    for (int i = 0; i < count; i++) {
      for (int j = 0; j < width; j++) {
        values[i * width + j] = (float) (restored[i][j] + mean[j]);
      }
    }
  }

  /**
   * The product with the whitening matrix alone, without the mean.
   *
   * @param vectors {@code (count, sample)}, for any count
   */
  public float[] whitened(float[] vectors) {
    return product(vectors, rows);
  }

  /** As {@link #whitened}, with the matrix's inverse. */
  public float[] unwhitened(float[] vectors) {
    return product(vectors, inverse());
  }

  private float[] product(float[] vectors, double[][] matrix) {
    int width = mean.length;
    float[] products = new float[vectors.length];
    int all = vectors.length / width;
    for (int from = 0; from < all; from += VECTORS_AT_ONCE) {
      int count = Math.min(VECTORS_AT_ONCE, all - from);
      double[][] some = new double[count][width];
      double[][] multiplied = new double[count][width];
      for (int i = 0; i < count; i++) {
        for (int j = 0; j < width; j++) {
          some[i][j] = vectors[(from + i) * width + j];
        }
      }
      MatrixProduct.add(some, matrix, multiplied);
      for (int i = 0; i < count; i++) {
        for (int j = 0; j < width; j++) {
          products[(from + i) * width + j] = (float) multiplied[i][j];
        }
      }
    }
    return products;
  }

  private synchronized double[][] inverse() {
    if (inverse.length == 0) {
      DMatrixRMaj inverted = new DMatrixRMaj(rows);
      if (!CommonOps_DDRM.invert(inverted)) {
        throw PreprocessingKind.irreversible(KIND);
      }
      inverse = inverted.get2DData();
    }
    return inverse;
  }

  @Override
  public boolean costly() {
    return true;
  }

  @Override
  public Map<String, Object> describe() {
    return Map.of("kind", KIND, EPSILON.name(), epsilon, SAMPLES.name(), samples);
  }

  @Override
  public Map<String, float[]> tensors() {
    return Map.of(MEAN, mean.clone(), WHITENING, whitening.clone());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Zca zca
        && epsilon == zca.epsilon
        && samples == zca.samples
        && Arrays.equals(mean, zca.mean)
        && Arrays.equals(whitening, zca.whitening);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(mean) * 31 + Double.hashCode(epsilon);
  }

  @Override
  public String toString() {
    return "zca of " + mean.length + " numbers";
  }
}
