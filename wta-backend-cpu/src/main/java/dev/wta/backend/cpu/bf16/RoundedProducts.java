package dev.wta.backend.cpu.bf16;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.wta.api.op.Dense;
import dev.wta.backend.cpu.accelerator.Bf16Accelerator;
import dev.wta.backend.cpu.accelerator.Bf16Accelerator.Convolution.Operand;
import dev.wta.backend.cpu.exec.Execution;
import dev.wta.backend.cpu.exec.Scratch;
import dev.wta.backend.cpu.gemm.GemmArguments;
import dev.wta.backend.cpu.gemm.TileRow;
import dev.wta.backend.cpu.memory.CpuTensor;
import dev.wta.backend.cpu.vector.Lanes;
import dev.wta.backend.cpu.vector.LinearKernels;
import dev.wta.backend.cpu.vector.Transposition;
import dev.wta.backend.cpu.vector.UnaryKernels;
import java.lang.foreign.MemorySegment;
import java.util.stream.IntStream;

/**
 * Dense products and convolutions whose operands an accelerator rounds to bfloat16 and whose sums
 * are float32. How they are cut depends on their shape alone, and so do the bits. What is too small
 * to gain by it is left to the float32 kernels, see {@link #suits(GemmArguments)} and {@link
 * #suits(Bf16Accelerator.Convolution)}.
 */
public final class RoundedProducts implements AutoCloseable {
  /** Multiply-adds from which a convolution is worth preparing, rounding and copying. */
  private static final long LEAST_WORK = 1 << 20;

  /**
   * Multiply-adds for each number of operands and result from which a product is: at 81 (a batch of
   * 100 through 784 inputs and 1000 units) a training took twice as long as in float32, at 380
   * (1152x2048x784) products took a third of the time.
   */
  private static final int LEAST_REUSE = 160;

  /** Channels and maps of a convolution. */
  private static final int LEAST_EXTENT = 16;

  /** The most columns of a piece of a product. */
  private static final int COLUMNS = 256;

  /** The bytes that a piece's rows and products may take: they stay in L2. */
  private static final long BLOCK_BYTES = 400 << 10;

  private static final int ROW_STEP = 16;
  private static final int MOST_ROWS = 192;

  /** Pieces enough, unless there are more threads: in each of them rows are rounded once. */
  private static final int PIECES = 16;

  /** Images and maps of a piece of a convolution: they stay near L2. */
  private static final long SAMPLE_BYTES = 1 << 20;

  /** Parts whose filter gradients are summed at the end. */
  private static final int PARTS = 8;

  private final Execution execution;
  private final RoundingWorker[] workers;
  private final NativeBuffer packed = new NativeBuffer();
  private final NativeBuffer whole = new NativeBuffer();

  public RoundedProducts(Execution execution, Bf16Accelerator accelerator) {
    this.execution = execution;
    workers =
        IntStream.range(0, execution.workers.count())
            .mapToObj(_ -> new RoundingWorker(accelerator))
            .toArray(RoundingWorker[]::new);
  }

  /** Whether a product is large enough. */
  public static boolean suits(GemmArguments given) {
    long rows = given.a().rows();
    long columns = given.b().columns();
    long depth = given.a().columns();
    long numbers = rows * depth + depth * columns + rows * columns;
    return numbers > 0 && (double) rows * columns * depth >= (double) LEAST_REUSE * numbers;
  }

  /** Multiplies. */
  public void multiply(GemmArguments given) {
    int rows = given.a().rows();
    int columns = given.b().columns();
    int depth = Bf16Rows.padded(given.a().columns());
    int columnBlocks = Math.ceilDiv(columns, COLUMNS);
    int width = Lanes.padded(Math.ceilDiv(columns, columnBlocks));
    long bytesOfRow = (long) depth * Short.BYTES + (long) width * Float.BYTES;
    int height =
        Math.min(
            Math.clamp(BLOCK_BYTES / bytesOfRow / ROW_STEP * ROW_STEP, ROW_STEP, MOST_ROWS),
            Math.ceilDiv(rows, ROW_STEP) * ROW_STEP);
    Bf16Accelerator.Shape shape = new Bf16Accelerator.Shape(height, width, depth, width);
    long bytes = Math.ceilDiv(workers[0].products.of(shape).packedBytes(), 64) * 64;
    MemorySegment all = packed.bytes(bytes * columnBlocks);
    GemmArguments.Matrix units = given.b().transpose();
    execution.workers.run(
        columnBlocks,
        (block, worker) -> {
          MemorySegment rounded = round(units, block * width, width, depth, worker);
          workers[worker].products.of(shape).pack(rounded, all.asSlice(block * bytes));
        });
    int rowBlocks = Math.ceilDiv(rows, height);
    int pieces = Math.max(PIECES, 2 * execution.workers.count());
    int groups = Math.clamp(Math.ceilDiv(pieces, Math.max(1, rowBlocks)), 1, columnBlocks);
    execution.workers.run(
        rowBlocks * groups,
        (piece, worker) -> {
          int row = piece / groups * height;
          int group = piece % groups;
          Bf16Accelerator.Product product = workers[worker].products.of(shape);
          MemorySegment rounded = round(given.a(), row, height, depth, worker);
          MemorySegment sums = workers[worker].result.bytes((long) height * width * Float.BYTES);
          for (int block = group; block < columnBlocks; block += groups) {
            product.multiply(rounded, all.asSlice(block * bytes), sums);
            store(given, sums, row, Math.min(height, rows - row), block * width, width, worker);
          }
        });
  }

  /** Rounds rows of a matrix, or columns of what is stored; those beyond the last become 0. */
  private MemorySegment round(
      GemmArguments.Matrix matrix, int from, int count, int depth, int worker) {
    int length = matrix.columns();
    int given = Math.min(count, matrix.rows() - from);
    long bytes = (long) depth * Short.BYTES;
    MemorySegment rounded = workers[worker].operand.bytes(count * bytes);
    float[] source = matrix.array();
    int start = matrix.start() + from * length;
    if (matrix.transposed()) {
      source = execution.scratch(worker).floats(Scratch.Use.ROWS, (long) given * length);
      int stride = matrix.rows();
      int first = matrix.start() + from;
      Transposition.run(matrix.array(), first, stride, length, given, source, 0, length);
      start = 0;
    }
    float[] squares = new float[2]; // which nobody asks for here
    for (int r = 0; r < given; r++) {
      Bf16Rows.round(source, start + r * length, length, rounded, r * bytes, squares);
    }
    rounded.asSlice(given * bytes, (count - given) * bytes).fill((byte) 0);
    return rounded;
  }

  private void store(
      GemmArguments given,
      MemorySegment sums,
      int row,
      int count,
      int column,
      int width,
      int worker) {
    int stride = given.b().columns();
    int length = Math.min(width, stride - column);
    float[] tile = execution.scratch(worker).floats(Scratch.Use.TILE, (long) count * width);
    MemorySegment.copy(sums, JAVA_FLOAT, 0, tile, 0, count * width);
    for (int r = 0; r < count; r++) {
      int at = given.outStart() + (row + r) * stride + column;
      TileRow.store(tile, r * width, length, given.alpha(), given.beta(), given.out(), at);
      TileRow.finish(
          given.out(), at, length, given.biases(), given.biasStart() + column, given.relu());
    }
  }

  /** Whether a convolution, or its gradient, is large enough. */
  public static boolean suits(Bf16Accelerator.Convolution shape) {
    long positions = shape.elements(Operand.MAPS) / Math.max(1, shape.maps());
    return Math.min(shape.channels(), shape.maps()) >= LEAST_EXTENT
        && shape.padding() < Math.min(shape.windowHeight(), shape.windowWidth())
        && positions * shape.elements(Operand.FILTERS) >= LEAST_WORK;
  }

  /**
   * Convolves, or computes the gradient of the images.
   *
   * @param shape of the whole batch; the result is not the filters
   * @param a {@link Bf16Accelerator.Convolution#first}
   * @param bias of each plane of the result, or null
   */
  public void convolve(
      Bf16Accelerator.Convolution shape,
      CpuTensor a,
      CpuTensor filters,
      CpuTensor bias,
      boolean relu,
      CpuTensor out) {
    int samples = shape.samples();
    long bytes = (long) (a.rowSize() + out.rowSize()) * Float.BYTES;
    int count = Math.clamp(SAMPLE_BYTES / bytes, 1, samples);
    Bf16Accelerator.Convolution some = shape.of(count);
    Bf16Accelerator.Product first = workers[0].products.of(some);
    MemorySegment shared = packed.bytes(first.packedBytes());
    first.pack(copy(filters, 0, filters.rowCount(), filters.rowCount(), whole), shared);
    int planes = out.shape().extent(1);
    int plane = out.rowSize() / planes;
    execution.workers.run(
        Math.ceilDiv(samples, count),
        (piece, worker) -> {
          RoundingWorker own = workers[worker];
          int from = piece * count;
          int given = Math.min(count, samples - from);
          MemorySegment sums = own.result.bytes((long) count * out.rowSize() * Float.BYTES);
          own.products.of(some).multiply(copy(a, from, given, count, own.operand), shared, sums);
          int to = out.offset() + from * out.rowSize();
          MemorySegment.copy(sums, JAVA_FLOAT, 0, out.array(), to, given * out.rowSize());
          for (int p = 0; p < given * planes; p++) {
            finish(out.array(), to + p * plane, plane, bias, p % planes, relu);
          }
        });
  }

  private static void finish(
      float[] out, int at, int length, CpuTensor bias, int plane, boolean relu) {
    if (bias != null) {
      float shift = bias.array()[bias.offset() + plane];
      LinearKernels.affine(1, out, at, shift, out, at, length);
    }
    if (relu) {
      UnaryKernels.apply(Dense.Unary.RELU, out, at, out, at, length);
    }
  }

  /**
   * {@code out = beta * out +} the gradient of a convolution's filters.
   *
   * @param shape of the whole batch; the result is the filters
   */
  public void filterGradient(
      Bf16Accelerator.Convolution shape,
      CpuTensor images,
      CpuTensor maps,
      float beta,
      CpuTensor out) {
    int samples = shape.samples();
    int count = Math.ceilDiv(samples, PARTS);
    int parts = Math.ceilDiv(samples, count);
    Bf16Accelerator.Convolution some = shape.of(count);
    int size = out.length();
    MemorySegment sums = whole.bytes((long) parts * size * Float.BYTES);
    execution.workers.run(
        parts,
        (part, worker) -> {
          RoundingWorker own = workers[worker];
          Bf16Accelerator.Product product = own.products.of(some);
          int from = part * count;
          int given = Math.min(count, samples - from);
          MemorySegment slopes = own.other.bytes(product.packedBytes());
          product.pack(copy(maps, from, given, count, own.result), slopes);
          product.multiply(
              copy(images, from, given, count, own.operand),
              slopes,
              sums.asSlice((long) part * size * Float.BYTES));
        });
    execution.split(
        size,
        Execution.GRAIN,
        (from, to, worker) -> {
          int length = to - from;
          int width = Lanes.padded(length);
          float[] sum = execution.scratch(worker).floats(Scratch.Use.ROW, width);
          float[] next = execution.scratch(worker).floats(Scratch.Use.TILE, width);
          MemorySegment.copy(sums, JAVA_FLOAT, (long) from * Float.BYTES, sum, 0, length);
          for (int part = 1; part < parts; part++) {
            long at = ((long) part * size + from) * Float.BYTES;
            MemorySegment.copy(sums, JAVA_FLOAT, at, next, 0, length);
            TileRow.add(next, 0, width, sum, 0);
          }
          TileRow.store(sum, 0, length, 1, beta, out.array(), out.offset() + from);
        });
  }

  /** Copies {@code given} rows, and zeros up to {@code count}. */
  private static MemorySegment copy(
      CpuTensor from, int row, int given, int count, NativeBuffer to) {
    int size = from.rowSize();
    MemorySegment copy = to.bytes((long) count * size * Float.BYTES);
    MemorySegment.copy(from.array(), from.offset() + row * size, copy, JAVA_FLOAT, 0, given * size);
    copy.asSlice((long) given * size * Float.BYTES, (long) (count - given) * size * Float.BYTES)
        .fill((byte) 0);
    return copy;
  }

  @Override
  public void close() {
    for (RoundingWorker worker : workers) {
      worker.close();
    }
    packed.close();
    whole.close();
  }
}
