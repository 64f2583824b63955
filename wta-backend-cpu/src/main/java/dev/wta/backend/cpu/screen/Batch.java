package dev.wta.backend.cpu.screen;

import dev.wta.backend.cpu.accelerator.Bf16Accelerator;
import dev.wta.backend.cpu.bf16.Bf16Rows;
import dev.wta.backend.cpu.bf16.NativeBuffer;
import dev.wta.backend.cpu.exec.Execution;
import dev.wta.backend.cpu.memory.CpuTensor;
import dev.wta.backend.cpu.vector.Lanes;
import java.lang.foreign.MemorySegment;
import java.util.function.IntFunction;

/**
 * A batch, rounded to bfloat16 and packed once for products with blocks of units, and what the
 * bound needs of each sample. Samples are columns of the products, in blocks that stay in L2.
 */
final class Batch {
  /** The widest block of samples. */
  private static final int COLUMNS = 512;

  /** The bytes that a block of units and its products may take: they stay in L2. */
  private static final int BLOCK_BYTES = 400 << 10;

  private static final int LEAST_ROWS = 32;
  private static final int MOST_ROWS = 192;
  private static final int ROW_STEP = 16;
  private static final long ALIGNMENT = 64;

  private final CpuTensor x;
  private final CpuTensor weights;
  private final CpuTensor bias;
  private final int samples;
  private final int inputs;
  private final int stride;
  private final int depth;
  private final int rows;
  private final int width; // of all blocks of samples but the last
  private final int columnBlocks;
  private final boolean byBlock;
  private final int productStride;
  private final ErrorBound bound;
  private final float[] errors; // (stride)
  private final float[] roundedNorms; // (stride)
  private final MemorySegment[] packed; // (columnBlocks)
  private float largestNorm;

  /**
   * @param byBlock whether products with a block of samples are read before those with the next,
   *     which then replace them; otherwise a block of units keeps its products with all samples
   */
  Batch(CpuTensor x, CpuTensor weights, CpuTensor bias, boolean byBlock) {
    this.x = x;
    this.weights = weights;
    this.bias = bias;
    this.samples = x.rowCount();
    this.inputs = x.rowSize();
    this.stride = Lanes.padded(samples);
    this.depth = Bf16Rows.padded(inputs);
    int blocks = Math.max(1, Math.ceilDiv(stride, COLUMNS));
    this.width = Lanes.padded(Math.ceilDiv(stride, blocks));
    this.columnBlocks = Math.ceilDiv(stride, Math.max(1, width));
    this.byBlock = byBlock;
    // Rows that begin a power of two apart would evict each other.
    this.productStride = (byBlock ? width : stride) + Lanes.COUNT;
    long rowBytes = rowBytes() + (long) width * Float.BYTES;
    this.rows = Math.clamp(BLOCK_BYTES / rowBytes / ROW_STEP * ROW_STEP, LEAST_ROWS, MOST_ROWS);
    this.bound = new ErrorBound(inputs);
    this.errors = new float[stride];
    this.roundedNorms = new float[stride];
    this.packed = new MemorySegment[columnBlocks];
  }

  /**
   * Rounds and packs the samples.
   *
   * @param blocks each worker's, for its prepared products
   * @return whether all norms are finite
   */
  boolean pack(
      Execution execution,
      IntFunction<UnitBlock> blocks,
      NativeBuffer plain,
      NativeBuffer packing) {
    MemorySegment rounded = plain.bytes((long) stride * rowBytes());
    rounded
        .asSlice((long) samples * rowBytes(), (long) (stride - samples) * rowBytes())
        .fill((byte) 0);
    execution.splitRows(
        samples,
        inputs,
        (from, to, worker) -> {
          float[] squares = new float[2];
          for (int n = from; n < to; n++) {
            round(x, n, rounded, (long) n * rowBytes(), squares);
            boolean zero = squares[0] == 0 && isZero(n);
            errors[n] = zero ? 0 : bound.error(squares);
            roundedNorms[n] = zero ? 0 : bound.roundedNorm(squares);
          }
        });
    largestNorm = 0;
    for (int n = 0; n < samples; n++) {
      if (!(roundedNorms[n] < ErrorBound.LIMIT)) {
        return false;
      }
      largestNorm = Math.max(largestNorm, roundedNorms[n]);
    }
    long end = 0;
    long[] starts = new long[columnBlocks];
    for (int block = 0; block < columnBlocks; block++) {
      starts[block] = end;
      long bytes = blocks.apply(0).product(shape(block)).packedBytes();
      end += Math.ceilDiv(bytes, ALIGNMENT) * ALIGNMENT;
    }
    MemorySegment all = packing.bytes(end);
    execution.workers.run(
        columnBlocks,
        (block, worker) -> {
          packed[block] = all.asSlice(starts[block]);
          blocks
              .apply(worker)
              .product(shape(block))
              .pack(rounded.asSlice((long) firstColumn(block) * rowBytes()), packed[block]);
        });
    return true;
  }

  /** Whether a sample consists of zeros, so that its code is the biases, exactly. */
  private boolean isZero(int sample) {
    int from = x.offset() + sample * inputs;
    for (int i = from; i < from + inputs; i++) {
      if (x.array()[i] != 0) {
        return false;
      }
    }
    return true;
  }

  /** Rounds a unit's weights. */
  void roundUnit(int unit, MemorySegment out, long to, float[] squares) {
    round(weights, unit, out, to, squares);
  }

  private void round(CpuTensor matrix, int row, MemorySegment out, long to, float[] squares) {
    int from = matrix.offset() + row * inputs;
    Bf16Rows.round(matrix.array(), from, inputs, out, to, squares);
  }

  /** The samples, {@code (samples, inputs)}. */
  CpuTensor x() {
    return x;
  }

  /** {@code (units, inputs)}. */
  CpuTensor weights() {
    return weights;
  }

  /** {@code (units)}. */
  CpuTensor bias() {
    return bias;
  }

  int samples() {
    return samples;
  }

  /** The samples in whole vectors. */
  int stride() {
    return stride;
  }

  /** From one unit's products to the next: whole vectors. */
  int productStride() {
    return productStride;
  }

  /** The sample whose products are a row's first, once those with a block are there. */
  int firstInProduct(int block) {
    return byBlock ? firstColumn(block) : 0;
  }

  /** Units of a block. */
  int rows() {
    return rows;
  }

  /** The bytes of a rounded row. */
  int rowBytes() {
    return depth * Short.BYTES;
  }

  /** Blocks of samples. */
  int columnBlocks() {
    return columnBlocks;
  }

  /** The first sample of a block. */
  int firstColumn(int block) {
    return block * width;
  }

  Bf16Accelerator.Shape shape(int block) {
    int columns = Math.min(width, stride - firstColumn(block));
    return new Bf16Accelerator.Shape(rows, columns, depth, productStride);
  }

  MemorySegment packed(int block) {
    return packed[block];
  }

  ErrorBound bound() {
    return bound;
  }

  /** Each sample's {@code dx}; 0 for a sample of zeros and beyond the batch. */
  float[] errors() {
    return errors;
  }

  /** Each sample's {@code X^}; 0 for a sample of zeros and beyond the batch. */
  float[] roundedNorms() {
    return roundedNorms;
  }

  float largestNorm() {
    return largestNorm;
  }
}
