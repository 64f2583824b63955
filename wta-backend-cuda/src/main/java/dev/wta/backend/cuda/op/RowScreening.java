package dev.wta.backend.cuda.op;

import dev.wta.backend.cuda.kernel.Kernel;
import dev.wta.backend.cuda.kernel.Kernels;
import dev.wta.backend.cuda.memory.CudaMemory;
import dev.wta.backend.cuda.memory.CudaMemory.Scratch;
import dev.wta.backend.cuda.memory.CudaTensor;

/**
 * Exact activations of the units that may win in a sample, by a product in bfloat16 on tensor
 * cores: a proven bound excludes most units, and the rest is computed again from the float32
 * numbers. So the winners are those of a product in float32. {@code screen.cu} has the bound.
 */
public final class RowScreening implements AutoCloseable {
  /** {@code off} to multiply in float32, {@code always} to screen whatever the size. */
  static final String PROPERTY = "wta.cuda.screen";

  /** Below so many activations, and so few terms, a product in float32 takes no longer. */
  private static final long LEAST_ACTIVATIONS = 1L << 22;

  private static final int LEAST_TERMS = 256;

  /** More winners than one in so many units leave too little to exclude. */
  private static final int LEAST_UNITS_PER_WINNER = 64;

  /** The most terms for which the bound is proven. */
  private static final int MOST_TERMS = 1 << 15;

  private final Kernels kernels;
  private final CublasGemm products;
  private final CudaTensor batch;
  private final CudaTensor weights;
  private final Rounded samples;
  private final Rounded units;

  /**
   * Rounds both matrices.
   *
   * @param batch {@code (samples, inputs)}
   * @param weights {@code (units, inputs)}
   */
  public RowScreening(
      CudaMemory memory,
      Kernels kernels,
      CublasGemm products,
      CudaTensor batch,
      CudaTensor weights) {
    this.kernels = kernels;
    this.products = products;
    this.batch = batch;
    this.weights = weights;
    samples = round(memory, batch);
    units = round(memory, weights);
  }

  /** Whether winners are found faster this way. */
  public static boolean pays(CublasGemm products, CudaTensor batch, CudaTensor weights, int k) {
    int terms = batch.rowSize();
    long activations = (long) batch.rowCount() * weights.rowCount();
    String mode = System.getProperty(PROPERTY, "");
    boolean large =
        activations >= LEAST_ACTIVATIONS
            && terms >= LEAST_TERMS
            && weights.rowCount() / LEAST_UNITS_PER_WINNER >= k;
    return activations > 0
        && terms > 0
        && terms <= MOST_TERMS
        && !mode.equals("off")
        && (large || mode.equals("always"))
        && products.hasCublas();
  }

  /** A matrix in bfloat16, with the norms of its rows and of what rounding took from them. */
  private record Rounded(Scratch numbers, Scratch norms, Scratch lost) implements AutoCloseable {
    long row(int row, int size) {
      return numbers.address() + (long) row * size * Short.BYTES;
    }

    @Override
    public void close() {
      numbers.close();
      norms.close();
      lost.close();
    }
  }

  private Rounded round(CudaMemory memory, CudaTensor matrix) {
    long norms = (long) matrix.rowCount() * Float.BYTES;
    Rounded rounded =
        new Rounded(
            memory.scratch(matrix.size() * Short.BYTES),
            memory.scratch(norms),
            memory.scratch(norms));
    kernels
        .launch(Kernel.ROUND_ROWS)
        .tensor(matrix)
        .integer(matrix.rowSize())
        .address(rounded.numbers().address())
        .address(rounded.norms().address())
        .address(rounded.lost().address())
        .blocks(matrix.rowCount());
    return rounded;
  }

  /**
   * The activations, without ReLU, of the units that may be among the {@code k} largest of some
   * samples; 0 for the others.
   *
   * @param from the first of the samples
   * @param code where they go, {@code (count, units)}
   */
  public void encode(int from, int count, CudaTensor bias, int k, long code) {
    int inputs = batch.rowSize();
    int unitCount = weights.rowCount();
    long firstNorm = (long) from * Float.BYTES;
    products.roundedProduct(
        samples.row(from, inputs), units.row(0, inputs), count, unitCount, inputs, code);
    kernels
        .launch(Kernel.SCREEN_ROWS)
        .address(code)
        .integer(unitCount)
        .tensor(bias)
        .address(batch.address() + (long) from * inputs * Float.BYTES)
        .tensor(weights)
        .integer(inputs)
        .address(samples.norms().address() + firstNorm)
        .address(samples.lost().address() + firstNorm)
        .address(units.norms().address())
        .address(units.lost().address())
        .integer(k)
        .blocks(count);
  }

  @Override
  public void close() {
    samples.close();
    units.close();
  }
}
