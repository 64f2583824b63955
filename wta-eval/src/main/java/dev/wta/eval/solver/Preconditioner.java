package dev.wta.eval.solver;

import dev.wta.api.backend.Backend;
import dev.wta.api.op.Epilogue;
import dev.wta.api.op.Memory;
import dev.wta.api.random.Philox;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import java.util.Arrays;
import java.util.Optional;

/**
 * An approximate inverse of a probe's Hessian, the same for all classes and all points: that of
 * {@code I + 2 C SHARE X'X}, where {@code X'X} is estimated from a sample of the rows and {@code
 * SHARE} is the part of them that is taken to be within the margin. Classes and points differ in
 * which rows that are, and little in the directions that the features vary in.
 */
final class Preconditioner implements AutoCloseable {
  /** Near what support-vector machines on good features end with; a factor of five hardly shows. */
  private static final double SHARE = 0.1;

  /** Rows of the sample for each column: the estimate is then as good as products need. */
  private static final int ROWS_PER_COLUMN = 3;

  /** With fewer rows for each column, the sample would be most of the data. */
  private static final int LEAST_ROWS_PER_COLUMN = 8;

  /** More columns take longer to invert than they save. */
  private static final int MOST_COLUMNS = 4096;

  /** The most that the largest eigenvalue may exceed the smallest by: float32 inverts no more. */
  private static final double RANGE = 1e5;

  /** An inverse serves costs that differ from its own by this factor. */
  private static final double REACH = 4;

  private final Backend backend;
  private final int classes;
  private final int columns;
  private final float[] gram; // (columns, columns): X'X
  private final Tensor inverse; // (columns, columns)
  private final Tensor vectors; // (classes, columns)
  private final Tensor products; // (classes, columns)
  private final float[] host;
  private double cost = Double.NaN;

  private Preconditioner(DesignMatrix design) {
    backend = design.backend();
    classes = design.classes();
    columns = design.columns();
    gram = gram(design);
    Memory memory = backend.memory();
    inverse = memory.allocate(Shape.of(columns, columns));
    vectors = memory.allocate(Shape.of(classes, columns));
    products = memory.allocate(Shape.of(classes, columns));
    host = new float[classes * columns];
  }

  /** A preconditioner where one saves more than it takes. */
  static Optional<Preconditioner> of(DesignMatrix design, ProbeLoss loss) {
    boolean pays =
        loss.isDiagonal()
            && design.columns() <= MOST_COLUMNS
            && design.samples() >= LEAST_ROWS_PER_COLUMN * design.columns();
    return pays ? Optional.of(new Preconditioner(design)) : Optional.empty();
  }

  /** {@code X'X} of a sample, scaled up to all rows. */
  private static float[] gram(DesignMatrix design) {
    int rows = ROWS_PER_COLUMN * design.columns();
    Philox random = Seed.of(1).stream("probe/preconditioner");
    int[] sample = new int[rows];
    for (int i = 0; i < rows; i++) { // one from each stretch, whatever order the data are in
      int from = (int) ((long) i * design.samples() / rows);
      int to = (int) ((i + 1L) * design.samples() / rows);
      sample[i] = from + random.below(to - from, i);
    }
    Memory memory = design.backend().memory();
    int columns = design.columns();
    try (Tensor dense = memory.of(Shape.of(rows, columns), design.materialise(sample));
        Tensor product = memory.allocate(Shape.of(columns, columns))) {
      float scale = design.samples() / (float) rows;
      design.backend().dense().gemm(dense, true, dense, false, scale, 0, Epilogue.NONE, product);
      return memory.download(product);
    }
  }

  /** Prepares the inverse for a cost. */
  void moveTo(double newCost) {
    if (newCost >= cost / REACH && newCost <= cost * REACH) {
      return;
    }
    cost = newCost;
    double scale = 2 * cost * SHARE;
    double trace = 0;
    for (int j = 0; j < columns; j++) {
      trace += scale * gram[j * columns + j];
    }
    float[] matrix = gram.clone();
    for (int at = 0; at < matrix.length; at++) {
      matrix[at] *= (float) scale;
    }
    float diagonal = (float) Math.max(1, trace / RANGE);
    for (int j = 0; j < columns; j++) {
      matrix[j * columns + j] += diagonal;
    }
    backend.memory().upload(matrix, 0, inverse);
    Inversion.run(backend, inverse);
  }

  /** {@code out}, {@code (classes, columns)}, is the guessed inverse times {@code x}. */
  void apply(double[] x, double[] out) {
    for (int at = 0; at < host.length; at++) {
      host[at] = (float) x[at];
    }
    backend.memory().upload(host, 0, vectors);
    backend.dense().gemm(vectors, false, inverse, false, 1, 0, Epilogue.NONE, products);
    backend.memory().download(products, host, 0);
    Arrays.setAll(out, at -> host[at]);
  }

  @Override
  public void close() {
    inverse.close();
    vectors.close();
    products.close();
  }
}
