package dev.wta.backend.cpu.screen;

import static dev.wta.backend.cpu.vector.Lanes.COUNT;
import static dev.wta.backend.cpu.vector.Lanes.FLOATS;

import dev.wta.backend.cpu.accelerator.Bf16Accelerator;
import dev.wta.backend.cpu.bf16.NativeBuffer;
import dev.wta.backend.cpu.bf16.PreparedProducts;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/**
 * A worker's block of units: their roundings, the products with the batch, and what the bound needs
 * of each unit. It is kept from block to block, with the products that were prepared.
 */
final class UnitBlock implements AutoCloseable {
  private final PreparedProducts products;
  private final NativeBuffer roundedBuffer = new NativeBuffer();
  private final NativeBuffer productBuffer = new NativeBuffer();

  private Batch batch;
  private MemorySegment rounded; // (rows, depth)
  private MemorySegment product; // (rows, productStride)
  private int first; // unit
  private int firstSample; // of the product
  private float[] norms = new float[0]; // (rows)
  private float[] roundedNormFactors = new float[0]; // (rows)
  private float[] highest = new float[0]; // (rows)
  private float[] lowest = new float[0]; // (rows)

  UnitBlock(Bf16Accelerator accelerator) {
    this.products = new PreparedProducts(accelerator);
  }

  Bf16Accelerator.Product product(Bf16Accelerator.Shape shape) {
    return products.of(shape);
  }

  /**
   * Rounds units {@code from} to {@code to - 1}.
   *
   * @return whether the bound holds for all of them: none is so large, or not a number
   */
  boolean round(Batch batch, int from, int to) {
    this.batch = batch;
    first = from;
    int rows = batch.rows();
    if (norms.length < rows) {
      norms = new float[rows];
      roundedNormFactors = new float[rows];
      highest = new float[rows];
      lowest = new float[rows];
    }
    rounded = roundedBuffer.bytes((long) rows * batch.rowBytes());
    product = productBuffer.bytes((long) rows * batch.productStride() * Float.BYTES);
    float[] squares = new float[2];
    for (int u = from; u < to; u++) {
      int r = u - from;
      batch.roundUnit(u, rounded, (long) r * batch.rowBytes(), squares);
      ErrorBound bound = batch.bound();
      float bias = batch.bias().array()[batch.bias().offset() + u];
      if (!(batch.largestNorm() * (double) bound.roundedNorm(squares) < ErrorBound.LIMIT
          && Math.abs(bias) < ErrorBound.LIMIT
          && (bias <= 0 || bias >= ErrorBound.LEAST_BIAS))) {
        return false;
      }
      norms[r] = bound.norm(squares);
      roundedNormFactors[r] = bound.perRoundedNorm(squares);
      highest[r] = bound.highest(bias);
      lowest[r] = bound.lowest(bias);
    }
    return true;
  }

  /** Multiplies with a block of samples. */
  void multiply(int columnBlock) {
    firstSample = batch.firstInProduct(columnBlock);
    product(batch.shape(columnBlock))
        .multiply(
            rounded,
            batch.packed(columnBlock),
            product.asSlice(at(0, batch.firstColumn(columnBlock))));
  }

  /**
   * What the activations of a unit over all samples can be at most and at least; what lies beyond
   * the batch is negative.
   *
   * @param highs {@code (stride)}
   * @param lows {@code (stride)}
   */
  void bounds(int unit, float[] highs, float[] lows) {
    for (int n = 0; n < batch.stride(); n += COUNT) {
      highs(unit, n).intoArray(highs, n);
      lows(unit, n).intoArray(lows, n);
    }
    Arrays.fill(highs, batch.samples(), batch.stride(), Float.NEGATIVE_INFINITY);
    Arrays.fill(lows, batch.samples(), batch.stride(), Float.NEGATIVE_INFINITY);
  }

  /** What the activations of a unit and a vector of samples from {@code n} on can be at most. */
  FloatVector highs(int unit, int n) {
    int r = unit - first;
    FloatVector error = FloatVector.fromArray(FLOATS, batch.errors(), n);
    FloatVector roundedNorm = FloatVector.fromArray(FLOATS, batch.roundedNorms(), n);
    FloatVector factor = FloatVector.broadcast(FLOATS, roundedNormFactors[r]);
    FloatVector norm = FloatVector.broadcast(FLOATS, norms[r]);
    return roundedNorm.fma(factor, error.fma(norm, values(r, n).add(highest[r])));
  }

  /** What they are at least. */
  FloatVector lows(int unit, int n) {
    int r = unit - first;
    FloatVector error = FloatVector.fromArray(FLOATS, batch.errors(), n);
    FloatVector roundedNorm = FloatVector.fromArray(FLOATS, batch.roundedNorms(), n);
    FloatVector factor = FloatVector.broadcast(FLOATS, roundedNormFactors[r]);
    return values(r, n).add(lowest[r]).sub(roundedNorm.fma(factor, error.mul(norms[r])));
  }

  private FloatVector values(int row, int n) {
    return FloatVector.fromMemorySegment(FLOATS, product, at(row, n), ByteOrder.nativeOrder());
  }

  private long at(int row, int n) {
    return ((long) row * batch.productStride() + n - firstSample) * Float.BYTES;
  }

  @Override
  public void close() {
    products.close();
    roundedBuffer.close();
    productBuffer.close();
  }
}
