package dev.wta.backend.cuda;

import dev.wta.api.op.Convolution;
import dev.wta.api.op.Dense.Reduction;
import dev.wta.api.op.Epilogue;
import dev.wta.api.op.Pool;
import dev.wta.api.op.Precision;
import dev.wta.api.op.Window;
import dev.wta.api.tensor.Tensor;
import dev.wta.backend.cuda.kernel.Kernel;
import dev.wta.backend.cuda.kernel.Kernels;
import dev.wta.backend.cuda.kernel.Launch;
import dev.wta.backend.cuda.memory.CudaMemory;
import dev.wta.backend.cuda.memory.CudaMemory.Scratch;
import dev.wta.backend.cuda.memory.CudaTensor;
import dev.wta.backend.cuda.op.CublasGemm;
import dev.wta.backend.cuda.op.CublasGemm.Finish;
import dev.wta.backend.cuda.op.CublasGemm.Matrix;
import dev.wta.backend.cuda.op.CudaReductions;
import dev.wta.backend.cuda.op.Geometry;
import dev.wta.backend.cuda.op.Tiles;

/**
 * Convolutions, as products of filters and of what lies under their windows, which is brought
 * together some of it at a time. Pooling.
 */
final class CudaConvolution implements Convolution {
  private static final int TILE = 64;

  /** The shortest part of a filter gradient's sum, and the blocks that its parts should make. */
  private static final int PART = 2048;

  private static final long PART_BLOCKS = 512;

  /** Blocks that a grid takes along its second and third axis. */
  private static final int MOST_BLOCKS = 65_535;

  /** From so many elements on a filter gradient has tiles enough to keep a device busy. */
  private static final int LARGE_GRADIENT = 1 << 15;

  private final CudaMemory memory;
  private final Kernels kernels;
  private final CublasGemm products;
  private final Precision precision;
  private final CudaReductions reductions;

  /**
   * @param precision what products may round their operands to
   */
  CudaConvolution(CudaMemory memory, Kernels kernels, CublasGemm products, Precision precision) {
    this.memory = memory;
    this.kernels = kernels;
    this.products = products;
    this.precision = precision;
    this.reductions = new CudaReductions(memory, kernels);
  }

  @Override
  public void forward(
      Tensor images, Tensor filters, Window window, Epilogue epilogue, Tensor maps) {
    CudaTensor pixels = memory.own(images);
    CudaTensor kernel = memory.own(filters);
    CudaTensor activations = memory.own(maps);
    convolve(
        pixels.address(),
        kernel.address(),
        Geometry.of(pixels.shape(), window),
        pixels.rowCount(),
        kernel.rowCount(),
        new Finish(bias(epilogue), epilogue.relu()),
        activations.address());
  }

  /** {@link #forward} of {@code samples} images, between addresses: filters times columns. */
  void convolve(
      long images,
      long filters,
      Geometry geometry,
      int samples,
      int maps,
      Finish finish,
      long out) {
    int taps = geometry.taps();
    Tiles tiles = Tiles.of(geometry.positions(samples), Math.max(taps, maps));
    try (Scratch columns = memory.scratch((long) taps * tiles.most() * Float.BYTES);
        Scratch rows = memory.scratch((long) maps * tiles.most() * Float.BYTES)) {
      tiles.forEach(
          (from, count) -> {
            unfold(images, geometry, from, count, columns.address());
            products.product(
                precision,
                new Matrix(filters, taps, false),
                new Matrix(columns.address(), count, false),
                maps,
                count,
                taps,
                1,
                0,
                Finish.NONE,
                rows.address());
            kernels
                .launch(Kernel.MAPS_OF_ROWS)
                .address(rows.address())
                .integer(maps)
                .integer(geometry.positions(1))
                .integer(from)
                .integer(count)
                .address(finish.bias())
                .flag(finish.relu())
                .address(out)
                .run(Math.ceilDiv(count, Launch.BLOCK), planes(maps), 1, Launch.BLOCK);
          });
    }
  }

  /** Filters, transposed, times maps make columns, which are added up where they overlap. */
  @Override
  public void transposed(
      Tensor maps, Tensor filters, Window window, Epilogue epilogue, Tensor images) {
    CudaTensor activations = memory.own(maps);
    CudaTensor kernel = memory.own(filters);
    CudaTensor pixels = memory.own(images);
    Geometry geometry = Geometry.of(pixels.shape(), window);
    Finish finish = new Finish(bias(epilogue), epilogue.relu());
    int mapCount = kernel.rowCount();
    long ofSample = geometry.positions(1);
    Tiles samples = Tiles.of(pixels.rowCount(), ofSample * Math.max(geometry.taps(), mapCount));
    long ofChannel = samples.most() * ofSample * geometry.windowSize();
    Tiles channels = Tiles.of(geometry.channels(), ofChannel);
    try (Scratch columns = memory.scratch(channels.most() * ofChannel * Float.BYTES);
        Scratch rows = memory.scratch(samples.most() * ofSample * mapCount * Float.BYTES)) {
      samples.forEach(
          (from, count) -> {
            int positions = geometry.positions(count);
            int first = geometry.positions(from);
            rowsOfMaps(activations, mapCount, geometry, first, positions, rows.address());
            long out = pixels.address() + (long) from * pixels.rowSize() * Float.BYTES;
            channels.forEach(
                (channel, some) -> {
                  int taps = some * geometry.windowSize();
                  long skipped = (long) channel * geometry.windowSize() * Float.BYTES;
                  products.product(
                      precision,
                      new Matrix(kernel.address() + skipped, geometry.taps(), true),
                      new Matrix(rows.address(), positions, false),
                      taps,
                      positions,
                      mapCount,
                      1,
                      0,
                      Finish.NONE,
                      columns.address());
                  kernels
                      .launch(Kernel.FOLD)
                      .address(columns.address())
                      .struct(geometry)
                      .integer(count)
                      .integer(channel)
                      .integer(some)
                      .address(finish.bias())
                      .flag(finish.relu())
                      .address(out)
                      .over((long) count * some * geometry.height() * geometry.width());
                });
          });
    }
  }

  @Override
  public void filterGradient(
      Tensor images, Tensor maps, Window window, float beta, Tensor filterGradient) {
    CudaTensor pixels = memory.own(images);
    CudaTensor slopes = memory.own(maps);
    CudaTensor gradient = memory.own(filterGradient);
    if (gradient.isEmpty()) {
      return;
    }
    FilterSums sums =
        new FilterSums(pixels, slopes, Geometry.of(pixels.shape(), window), beta, gradient);
    if (sums.terms() > 0 && gradient.size() >= LARGE_GRADIENT && products.hasCublas()) {
      multiply(sums);
    } else {
      addParts(sums);
    }
  }

  /**
   * The sums that make a filter gradient, one for each tap of each map.
   *
   * @param slopes gradients of the maps
   * @param beta what the gradient, which the sums are added to, is multiplied by first
   */
  private record FilterSums(
      CudaTensor pixels, CudaTensor slopes, Geometry geometry, float beta, CudaTensor gradient) {
    int terms() {
      return geometry.positions(pixels.rowCount());
    }

    int maps() {
      return gradient.rowCount();
    }
  }

  /** Maps times columns, transposed. */
  private void multiply(FilterSums sums) {
    Geometry geometry = sums.geometry();
    int taps = geometry.taps();
    int mapCount = sums.maps();
    Tiles tiles = Tiles.of(sums.terms(), Math.max(taps, mapCount));
    try (Scratch columns = memory.scratch((long) taps * tiles.most() * Float.BYTES);
        Scratch rows = memory.scratch((long) mapCount * tiles.most() * Float.BYTES)) {
      tiles.forEach(
          (from, count) -> {
            unfold(sums.pixels().address(), geometry, from, count, columns.address());
            rowsOfMaps(sums.slopes(), mapCount, geometry, from, count, rows.address());
            products.product(
                precision,
                new Matrix(rows.address(), count, false),
                new Matrix(columns.address(), count, true),
                mapCount,
                taps,
                count,
                1,
                from == 0 ? sums.beta() : 1,
                Finish.NONE,
                sums.gradient().address());
          });
    }
  }

  /** Sums too few to keep a device busy are cut into parts, a block each, which then add up. */
  private void addParts(FilterSums sums) {
    CudaTensor gradient = sums.gradient();
    long across = Math.ceilDiv(sums.geometry().taps(), TILE);
    long down = Math.ceilDiv(sums.maps(), TILE);
    int partLength = partLength(sums.terms(), across * down);
    int parts = Math.max(1, Math.ceilDiv(sums.terms(), partLength));
    try (Scratch partial = memory.scratch(parts * gradient.size() * Float.BYTES)) {
      kernels
          .launch(Kernel.FILTER_GRADIENT_PARTS)
          .tensor(sums.pixels())
          .tensor(sums.slopes())
          .struct(sums.geometry())
          .integer(sums.pixels().rowCount())
          .integer(sums.maps())
          .integer(partLength)
          .address(partial.address())
          .run(across, down, parts, Launch.BLOCK);
      kernels
          .launch(Kernel.ADD_PARTS)
          .address(partial.address())
          .integer(parts)
          .number(sums.beta())
          .tensor(gradient)
          .whole(gradient.size())
          .over(gradient.size());
    }
  }

  private void unfold(long images, Geometry geometry, int first, int count, long columns) {
    kernels
        .launch(Kernel.UNFOLD)
        .address(images)
        .struct(geometry)
        .integer(first)
        .integer(count)
        .address(columns)
        .run(Math.ceilDiv(count, Launch.BLOCK), planes(geometry.channels()), 1, Launch.BLOCK);
  }

  private void rowsOfMaps(
      CudaTensor maps, int mapCount, Geometry geometry, int first, int count, long rows) {
    kernels
        .launch(Kernel.ROWS_OF_MAPS)
        .tensor(maps)
        .integer(mapCount)
        .integer(geometry.positions(1))
        .integer(first)
        .integer(count)
        .address(rows)
        .run(Math.ceilDiv(count, Launch.BLOCK), planes(mapCount), 1, Launch.BLOCK);
  }

  /** Blocks along channels or maps; those beyond take turns. */
  private static int planes(int count) {
    return Math.min(count, MOST_BLOCKS);
  }

  /** Parts short enough to keep a device busy, and long enough not to drown it in partial sums. */
  private static int partLength(int terms, long tiles) {
    long parts = Math.clamp(PART_BLOCKS / tiles, 1, MOST_BLOCKS);
    return (int) Math.max(PART, Math.ceilDiv(terms, parts));
  }

  @Override
  public void channelSums(Tensor images, Tensor out) {
    CudaTensor pixels = memory.own(images);
    CudaTensor sums = memory.own(out);
    int samples = pixels.rowCount();
    int channels = pixels.shape().extent(1);
    int plane = pixels.shape().extent(2) * pixels.shape().extent(3);
    try (Scratch planes = memory.scratch((long) samples * channels * Float.BYTES)) {
      reductions.rows(Reduction.SUM, pixels.address(), samples * channels, plane, planes.address());
      reductions.columns(Reduction.SUM, planes.address(), samples, channels, sums.address());
    }
  }

  @Override
  public void maxPool(Tensor images, Pool pool, Tensor out, Tensor argmax) {
    CudaTensor pixels = memory.own(images);
    CudaTensor pooled = memory.own(out);
    CudaTensor where = memory.own(argmax);
    kernels
        .launch(Kernel.MAX_POOL)
        .tensor(pixels)
        .tensor(pooled)
        .tensor(where)
        .integer(pixels.shape().extent(2))
        .integer(pixels.shape().extent(3))
        .integer(pooled.shape().extent(2))
        .integer(pooled.shape().extent(3))
        .integer(pool.size())
        .integer(pool.stride())
        .whole(pooled.size())
        .over(pooled.size());
  }

  @Override
  public void maxPoolGradient(Tensor outGradient, Tensor argmax, Tensor imageGradient) {
    CudaTensor slopes = memory.own(outGradient);
    CudaTensor where = memory.own(argmax);
    CudaTensor gradient = memory.own(imageGradient);
    memory.clear(gradient.address(), gradient.size());
    int channels = slopes.shape().extent(1);
    long planes = (long) slopes.rowCount() * channels;
    kernels
        .launch(Kernel.MAX_POOL_GRADIENT)
        .tensor(slopes)
        .tensor(where)
        .tensor(gradient)
        .integer(slopes.shape().extent(2) * slopes.shape().extent(3))
        .integer(gradient.shape().extent(2) * gradient.shape().extent(3))
        .whole(planes)
        .over(planes);
  }

  private long bias(Epilogue epilogue) {
    return epilogue.bias().map(vector -> memory.own(vector).address()).orElse(0L);
  }
}
