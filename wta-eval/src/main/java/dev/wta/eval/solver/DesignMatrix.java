package dev.wta.eval.solver;

import dev.wta.api.backend.Backend;
import dev.wta.api.op.Dense.Binary;
import dev.wta.api.op.Dense.Reduction;
import dev.wta.api.op.Dense.Unary;
import dev.wta.api.op.Epilogue;
import dev.wta.api.op.Memory;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.eval.scaling.FeatureScaling;
import dev.wta.eval.scaling.FittedScaling;
import dev.wta.models.Features;
import java.util.Arrays;
import java.util.stream.Stream;

/**
 * The scaled features and the bias column as one matrix {@code (samples, columns)}, which is never
 * materialised: products with it run on the backend in blocks of rows, which may come from a file,
 * with the scaling folded into the other factor. Weights are {@code (classes, columns)} in a flat
 * array, the bias's weight last in each row; scores are {@code (samples, classes)}.
 *
 * <p>Blocks are multiplied in float32, and added up in double precision.
 */
public final class DesignMatrix implements AutoCloseable {
  /** A block of this many bytes is still in the last-level cache when it is read again. */
  private static final int BLOCK_BYTES = 8 << 20;

  private final Backend backend;
  private final Rows all;
  private final FittedScaling scaling;
  private final double bias;
  private final int classes;
  private final int blockRows;

  private final Tensor roots;
  private final Tensor weights;
  private final Tensor biasRow;
  private final Tensor columnSums;
  private final Tensor scores;
  private final Tensor scratch;
  private final Tensor perSample;
  private final Tensor product;
  private final Tensor normalScores;
  private final float[] hostWeights;
  private final float[] hostBias;
  private final float[] hostScores;

  /**
   * @param features not changed, and to stay open as long as this
   * @param bias the value of the bias column; 0 for none
   */
  public DesignMatrix(Features features, FittedScaling scaling, double bias, int classes) {
    int inputs = features.width();
    if (inputs != scaling.features()) {
      throw new IllegalArgumentException(
          "there are %d features, the scaling was fitted to %d features"
              .formatted(inputs, scaling.features()));
    }
    this.backend = features.backend();
    this.scaling = scaling;
    this.bias = bias;
    this.classes = classes;
    this.blockRows =
        Math.clamp(BLOCK_BYTES / 4 / Math.max(inputs, 1), 1, Math.max(features.samples(), 1));
    Memory memory = backend.memory();
    float[] sampleFactors = scaling.sampleFactors(features);
    all = new Rows(features, memory.of(Shape.of(sampleFactors.length), sampleFactors));
    roots = memory.allocate(Shape.of(scaling.scaling().squareRoot() ? blockRows : 0, inputs));
    weights = memory.allocate(Shape.of(classes, inputs));
    biasRow = memory.allocate(Shape.of(classes));
    columnSums = memory.allocate(Shape.of(classes));
    scores = memory.allocate(Shape.of(blockRows, classes));
    scratch = memory.allocate(Shape.of(blockRows, classes));
    perSample = memory.allocate(Shape.of(blockRows));
    product = memory.allocate(Shape.of(classes, inputs));
    normalScores = memory.allocate(Shape.of(isPlain() ? samples() : 0, classes));
    hostWeights = new float[classes * inputs];
    hostBias = new float[classes];
    hostScores = new float[blockRows * classes];
  }

  Backend backend() {
    return backend;
  }

  int samples() {
    return all.count();
  }

  /** The features and the bias. */
  int columns() {
    return scaling.features() + 1;
  }

  int classes() {
    return classes;
  }

  /**
   * Materialises some samples.
   *
   * @param samples which ones
   * @return {@code (samples, columns)}, row-major
   */
  float[] materialise(int... samples) {
    int inputs = scaling.features();
    float[] rows = new float[samples.length * columns()];
    float[] factor = new float[1];
    for (int i = 0; i < samples.length; i++) {
      Block sample = all.block(samples[i], 1);
      int at = i * columns();
      backend.memory().download(sample.features(), rows, at);
      backend.memory().download(sample.sampleFactors(), factor, 0);
      for (int j = 0; j < inputs; j++) {
        double value = scaling.scaling().squareRoot() ? Math.sqrt(rows[at + j]) : rows[at + j];
        rows[at + j] = (float) (value * scaling.factor(j) * factor[0]);
      }
      rows[at + inputs] = (float) bias;
    }
    return rows;
  }

  /** All rows of the matrix. */
  Rows all() {
    return all;
  }

  /** {@code out = matrix * weights'}. */
  public void scores(double[] weightRows, double[] out) {
    if (Arrays.stream(weightRows).allMatch(weight -> weight == 0)) {
      Arrays.fill(out, 0);
      return;
    }
    upload(weightRows);
    for (int from = 0; from < samples(); from += blockRows) {
      int count = Math.min(blockRows, samples() - from);
      multiply(all.block(from, count));
      backend.memory().download(scores.rows(0, count), hostScores, 0);
      for (int i = 0; i < count * classes; i++) {
        out[from * classes + i] = hostScores[i];
      }
    }
  }

  /**
   * {@code out = residuals' * matrix} over some of the rows: {@code (classes, columns)}.
   *
   * @param residuals {@code (rows, classes)}
   */
  void transposed(Rows rows, float[] residuals, double[] out) {
    Arrays.fill(out, 0);
    for (int from = 0; from < rows.count(); from += blockRows) {
      int count = Math.min(blockRows, rows.count() - from);
      backend.memory().upload(residuals, from * classes, scores.rows(0, count));
      multiplyTransposed(rows.block(from, count), out);
    }
    scaleColumns(out);
  }

  /**
   * The same as {@link #transposed} where rows are {@linkplain #isPlain plain}, by the product that
   * does not read a sample whose residuals are all 0.
   *
   * @param residuals {@code (samples, classes)} on the backend
   */
  void transposed(Tensor residuals, double[] out) {
    Arrays.fill(out, 0);
    backend.memory().fill(weights, 0);
    backend.memory().fill(biasRow, 1);
    addNormalProduct(all, residuals, out);
  }

  /**
   * {@code out = (H * (matrix * directions'))' * matrix}, where {@code H} is the loss's second
   * derivative, over some of the rows.
   *
   * @param curvature {@code (rows, classes)} on the backend, see {@link
   *     ProbeLoss#timesSecondDerivative}
   */
  void hessianProduct(
      Rows rows, ProbeLoss loss, Tensor curvature, double cost, double[] directions, double[] out) {
    Arrays.fill(out, 0);
    upload(directions);
    if (loss.isDiagonal() && isPlain()) {
      addNormalProduct(rows, curvature, out);
      return;
    }
    for (int from = 0; from < rows.count(); from += blockRows) {
      int count = Math.min(blockRows, rows.count() - from);
      Block block = rows.block(from, count);
      multiply(block);
      loss.timesSecondDerivative(
          backend,
          curvature.rows(from, count),
          scores.rows(0, count),
          cost,
          scratch.rows(0, count),
          perSample.rows(0, count));
      multiplyTransposed(block, out);
    }
    scaleColumns(out);
  }

  /** Adds {@code (factors * (rows * weights' + bias))' * rows}. */
  private void addNormalProduct(Rows rows, Tensor factors, double[] out) {
    Tensor scored = normalScores.rows(0, rows.count());
    backend
        .dense()
        .normalProduct(rows.features().values(), weights, biasRow, factors, scored, product);
    backend.dense().reduceColumns(Reduction.SUM, scored, columnSums);
    addProducts(out);
    scaleColumns(out);
  }

  /**
   * Rows of the matrix.
   *
   * @param features before any scaling
   * @param sampleFactors {@code (rows)}: what each row is multiplied by
   */
  record Rows(Features features, Tensor sampleFactors) implements AutoCloseable {
    int count() {
      return features.samples();
    }

    /** Rows that follow one another; those of a file hold until the next call. */
    Block block(int from, int count) {
      return new Block(features.rows(from, count), sampleFactors.rows(from, count));
    }

    /** A copy of some rows. */
    Rows subset(int... rows) {
      Memory memory = features.backend().memory();
      float[] factors = memory.download(sampleFactors);
      float[] some = new float[rows.length];
      for (int i = 0; i < rows.length; i++) {
        some[i] = factors[rows[i]];
      }
      return new Rows(features.subset(rows), memory.of(Shape.of(rows.length), some));
    }

    @Override
    public void close() {
      features.close();
      sampleFactors.close();
    }
  }

  /** Rows in the backend's memory, as {@link Rows} has them. */
  record Block(Tensor features, Tensor sampleFactors) {
    int count() {
      return features.shape().rows();
    }
  }

  /** The features that are multiplied: the square roots where the scaling asks for them. */
  private Tensor values(Block block) {
    if (scaling.scaling().squareRoot()) {
      Tensor out = roots.rows(0, block.count());
      backend.dense().map(Unary.SQRT, block.features(), out);
      return out;
    }
    return block.features();
  }

  /** Whether rows are multiplied as they lie in memory: all scaling is in the other factor. */
  boolean isPlain() {
    boolean inMemory = all.features().file().isEmpty();
    return inMemory && !scaling.scaling().squareRoot() && !hasSampleFactors();
  }

  private boolean hasSampleFactors() {
    return scaling.scaling().norm() == FeatureScaling.Norm.SAMPLE;
  }

  /** Writes a block's scores to {@link #scores}. */
  private void multiply(Block block) {
    Tensor out = scores.rows(0, block.count());
    if (hasSampleFactors()) {
      backend.dense().gemm(values(block), false, weights, true, 1, 0, Epilogue.NONE, out);
      backend.dense().zipColumn(Binary.MULTIPLY, out, block.sampleFactors(), out);
      backend.dense().zipRow(Binary.ADD, out, biasRow, out);
    } else {
      Epilogue addBias = Epilogue.bias(biasRow);
      backend.dense().gemm(values(block), false, weights, true, 1, 0, addBias, out);
    }
  }

  /** Adds {@code scores' * matrix} for a block to {@code out}, before the columns' factors. */
  private void multiplyTransposed(Block block, double[] out) {
    Tensor residuals = scores.rows(0, block.count());
    backend.dense().reduceColumns(Reduction.SUM, residuals, columnSums);
    if (hasSampleFactors()) {
      backend.dense().zipColumn(Binary.MULTIPLY, residuals, block.sampleFactors(), residuals);
    }
    backend.dense().gemm(residuals, true, values(block), false, 1, 0, Epilogue.NONE, product);
    addProducts(out);
  }

  /** Adds {@link #product} and, for the bias, {@link #columnSums} to {@code out}. */
  private void addProducts(double[] out) {
    backend.memory().download(columnSums, hostBias, 0);
    backend.memory().download(product, hostWeights, 0);
    int inputs = scaling.features();
    for (int k = 0; k < classes; k++) {
      int row = k * columns();
      for (int j = 0; j < inputs; j++) {
        out[row + j] += hostWeights[k * inputs + j];
      }
      out[row + inputs] += hostBias[k];
    }
  }

  private void scaleColumns(double[] rows) {
    int inputs = scaling.features();
    for (int k = 0; k < classes; k++) {
      int row = k * columns();
      for (int j = 0; j < inputs; j++) {
        rows[row + j] *= scaling.factor(j);
      }
      rows[row + inputs] *= bias;
    }
  }

  private void upload(double[] weightRows) {
    int inputs = scaling.features();
    for (int k = 0; k < classes; k++) {
      int row = k * columns();
      for (int j = 0; j < inputs; j++) {
        hostWeights[k * inputs + j] = (float) (weightRows[row + j] * scaling.factor(j));
      }
      hostBias[k] = (float) (weightRows[row + inputs] * bias);
    }
    backend.memory().upload(hostWeights, 0, weights);
    backend.memory().upload(hostBias, 0, biasRow);
  }

  /** Frees all but the features. */
  @Override
  public void close() {
    all.sampleFactors().close();
    Stream.of(
            roots, weights, biasRow, columnSums, scores, scratch, perSample, product, normalScores)
        .forEach(Tensor::close);
  }
}
