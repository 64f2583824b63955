package dev.wta.backend.cuda;

import dev.wta.api.op.Convolution;
import dev.wta.api.op.Dense.Reduction;
import dev.wta.api.op.Epilogue;
import dev.wta.api.op.Pool;
import dev.wta.api.op.Window;
import dev.wta.api.tensor.Tensor;
import dev.wta.backend.cuda.kernel.Kernel;
import dev.wta.backend.cuda.kernel.Kernels;
import dev.wta.backend.cuda.kernel.Launch;
import dev.wta.backend.cuda.memory.CudaMemory;
import dev.wta.backend.cuda.memory.CudaMemory.Scratch;
import dev.wta.backend.cuda.memory.CudaTensor;
import dev.wta.backend.cuda.op.CudaReductions;
import dev.wta.backend.cuda.op.Geometry;

/** Convolutions, by kernels that read images and maps where they lie. */
final class CudaConvolution implements Convolution {
  private static final int TILE = 64;

  /** The shortest part of a filter gradient's sum, and the blocks that its parts should make. */
  private static final int PART = 2048;

  private static final long PART_BLOCKS = 512;
  private static final int MOST_PARTS = 65_535;

  private final CudaMemory memory;
  private final Kernels kernels;
  private final CudaReductions reductions;

  CudaConvolution(CudaMemory memory, Kernels kernels) {
    this.memory = memory;
    this.kernels = kernels;
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
        bias(epilogue),
        epilogue.relu(),
        activations.address());
  }

  /** {@link #forward} of {@code samples} images, between addresses. */
  void convolve(
      long images,
      long filters,
      Geometry geometry,
      int samples,
      int maps,
      long bias,
      boolean relu,
      long out) {
    int places = places(samples, geometry.mapHeight(), geometry.mapWidth());
    kernels
        .launch(Kernel.CONVOLVE)
        .address(images)
        .address(filters)
        .struct(geometry)
        .integer(samples)
        .integer(maps)
        .address(bias)
        .flag(relu)
        .address(out)
        .run(Math.ceilDiv(places, TILE), Math.ceilDiv(maps, TILE), 1, Launch.BLOCK);
  }

  @Override
  public void transposed(
      Tensor maps, Tensor filters, Window window, Epilogue epilogue, Tensor images) {
    CudaTensor activations = memory.own(maps);
    CudaTensor kernel = memory.own(filters);
    CudaTensor pixels = memory.own(images);
    Geometry geometry = Geometry.of(pixels.shape(), window);
    int places = places(pixels.rowCount(), geometry.height(), geometry.width());
    kernels
        .launch(Kernel.CONVOLVE_TRANSPOSED)
        .tensor(activations)
        .tensor(kernel)
        .struct(geometry)
        .integer(pixels.rowCount())
        .integer(kernel.rowCount())
        .address(bias(epilogue))
        .flag(epilogue.relu())
        .tensor(pixels)
        .run(Math.ceilDiv(places, TILE), Math.ceilDiv(geometry.channels(), TILE), 1, Launch.BLOCK);
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
    Geometry geometry = Geometry.of(pixels.shape(), window);
    int mapCount = gradient.rowCount();
    int terms = places(pixels.rowCount(), geometry.mapHeight(), geometry.mapWidth());
    long across = Math.ceilDiv(geometry.taps(), TILE);
    long down = Math.ceilDiv(mapCount, TILE);
    int partLength = partLength(terms, across * down);
    int parts = Math.max(1, Math.ceilDiv(terms, partLength));
    try (Scratch partial = memory.scratch(parts * gradient.size() * Float.BYTES)) {
      kernels
          .launch(Kernel.FILTER_GRADIENT_PARTS)
          .tensor(pixels)
          .tensor(slopes)
          .struct(geometry)
          .integer(pixels.rowCount())
          .integer(mapCount)
          .integer(partLength)
          .address(partial.address())
          .run(across, down, parts, Launch.BLOCK);
      kernels
          .launch(Kernel.ADD_PARTS)
          .address(partial.address())
          .integer(parts)
          .number(beta)
          .tensor(gradient)
          .whole(gradient.size())
          .over(gradient.size());
    }
  }

  /** Parts short enough to keep a device busy, and long enough not to drown it in partial sums. */
  private static int partLength(int terms, long tiles) {
    long parts = Math.clamp(PART_BLOCKS / tiles, 1, MOST_PARTS);
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

  private static int places(int samples, int height, int width) {
    return Math.toIntExact((long) samples * height * width);
  }
}
