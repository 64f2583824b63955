package dev.wta.data.preprocessing;

import dev.wta.api.ProgressListener;
import dev.wta.api.WtaException;
import dev.wta.data.Dataset;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.EigenDecomposition_F64;

/** Fits a {@link Zca}: the covariance in double precision, and all of its eigenvectors. */
final class ZcaFit {
  /** Variances below this part of the largest are rounding errors of the covariance. */
  private static final double NOTHING = 1e-12;

  private ZcaFit() {}

  /**
   * Fits.
   *
   * @param samples at most so many, spread evenly over the data
   * @throws WtaException if there are too few samples, or a direction without variance would be
   *     divided by zero
   */
  static Zca fit(
      Dataset data, Preprocessing before, double epsilon, int samples, ProgressListener listener) {
    if (data.size() < 2) {
      throw new WtaException(
          "zca needs at least 2 samples, and %s has %d".formatted(data.name(), data.size()),
          "give more data, or leave out zca");
    }
    int width = Math.toIntExact(data.sampleShape().size());
    if ((long) width * width > Integer.MAX_VALUE) {
      throw new WtaException(
          "samples of shape %s are too large for zca".formatted(data.sampleShape()),
          "train on patches of them, or leave out zca");
    }
    Dataset fitted = data.size() <= samples ? data : spread(data, samples);
    float[] mean = Center.mean(fitted, before, listener);
    DMatrixRMaj covariance = new DMatrixRMaj(covariance(fitted, before, mean, listener));
    listener.progressed("decomposing the covariance of %,d".formatted(width), 0, 1);
    EigenDecomposition_F64<DMatrixRMaj> eigen = DecompositionFactory_DDRM.eig(width, true, true);
    if (!eigen.decompose(covariance)) {
      throw new WtaException(
          "the covariance of %s has no decomposition".formatted(data.name()),
          "look for extreme values in the data, or leave out zca");
    }
    double[] variances = new double[width];
    Arrays.setAll(variances, i -> Math.max(0, eigen.getEigenvalue(i).getReal()));
    requireVariance(data, variances, epsilon);
    float[] whitening = whitening(eigen, variances, epsilon);
    listener.progressed("decomposing the covariance of %,d".formatted(width), 1, 1);
    return new Zca(mean, whitening, epsilon, samples);
  }

  private static Dataset spread(Dataset data, int samples) {
    return data.subset(
        IntStream.range(0, samples).map(i -> (int) ((long) i * data.size() / samples)).toArray());
  }

  /** {@code sum (x - mean) (x - mean)' / samples}. */
  private static double[][] covariance(
      Dataset data, Preprocessing before, float[] mean, ProgressListener listener) {
    int width = mean.length;
    double[][] covariance = new double[width][width];
    FittingPass.over(
        data,
        before,
        "taking the covariance",
        listener,
        (samples, count) -> {
          double[][] centred = new double[count][width];
          double[][] transposed = new double[width][count];
          for (int i = 0; i < count; i++) {
            for (int j = 0; j < width; j++) {
              centred[i][j] = (double) samples[i * width + j] - mean[j];
              transposed[j][i] = centred[i][j];
            }
          }
          MatrixProduct.add(transposed, centred, covariance);
        });
    double share = 1.0 / data.size();
    for (double[] row : covariance) {
      Arrays.setAll(row, j -> row[j] * share);
    }
    return covariance;
  }

  private static void requireVariance(Dataset data, double[] variances, double epsilon) {
    double least = epsilon + Arrays.stream(variances).min().orElseThrow();
    double most = Arrays.stream(variances).max().orElseThrow();
    if (least <= NOTHING * most || least == 0) {
      long flat = Arrays.stream(variances).filter(variance -> variance <= NOTHING * most).count();
      throw new WtaException(
          "%d directions of %s do not vary, and zca(%s) would divide by zero there"
              .formatted(flat, data.name(), epsilon),
          "raise zca's epsilon, such as zca(0.1), or give more varied samples");
    }
  }

  /**
   * {@code sum over k of v v' / sqrt(s + epsilon)}, {@code v} being eigenvector k, of unit norm.
   */
  private static float[] whitening(
      EigenDecomposition_F64<DMatrixRMaj> eigen, double[] variances, double epsilon) {
    int width = variances.length;
    double[][] scaled = new double[width][width];
    double[][] transposed = new double[width][width];
    for (int k = 0; k < width; k++) {
      double root = Math.pow(variances[k] + epsilon, -0.25);
      double[] vector = eigen.getEigenVector(k).getData();
      for (int j = 0; j < width; j++) {
        scaled[k][j] = root * vector[j];
        transposed[j][k] = scaled[k][j];
      }
    }
    double[][] matrix = new double[width][width];
    MatrixProduct.add(transposed, scaled, matrix);
    float[] whitening = new float[width * width];
    for (int i = 0; i < whitening.length; i++) {
      whitening[i] = (float) matrix[i / width][i % width];
    }
    return whitening;
  }
}
