package dev.wta.backend.cpu;

import dev.wta.api.Convolution;
import dev.wta.api.Epilogue;
import dev.wta.api.Operands;
import dev.wta.api.Pool;
import dev.wta.api.Shape;
import dev.wta.api.Tensor;
import dev.wta.api.Window;
import java.util.Arrays;
import java.util.Optional;

/** Convolution as products with images laid out in columns, a sample at a time. */
final class CpuConvolution implements Convolution {
  private final CpuMemory memory;
  private final Engine engine;

  CpuConvolution(CpuMemory memory, Engine engine) {
    this.memory = memory;
    this.engine = engine;
  }

  @Override
  public void forward(
      Tensor images, Tensor filters, Window window, Epilogue epilogue, Tensor maps) {
    Operands.forward(images, filters, window, epilogue, maps);
    CpuTensor output = memory.own(maps);
    PaddedPlanes planes = planes(images.shape(), window);
    direct(images, filters, planes, epilogue.bias())
        .run(memory.own(images), new MapFinish(planes, output, epilogue.relu()));
  }

  private DirectConvolution direct(
      Tensor images, Tensor filters, PaddedPlanes planes, Optional<Tensor> bias) {
    CpuTensor offsets = bias.map(memory::own).orElse(null);
    PackedFilters packed = PackedFilters.forward(engine, memory.own(filters), offsets);
    return new DirectConvolution(engine, planes, images.shape().extent(1), packed);
  }

  private static PaddedPlanes planes(Shape images, Window window) {
    return new PaddedPlanes(
        images.extent(2),
        images.extent(3),
        window.padding(),
        window.padding(),
        window.height(),
        window.width());
  }

  /** Convolves and keeps of each map its largest positive activation. */
  void spatialWinners(
      Tensor images, Tensor filters, Window window, Tensor bias, CpuWinners winners) {
    CpuTensor input = memory.own(images);
    PaddedPlanes planes = planes(images.shape(), window);
    MapMaxima maxima = new MapMaxima(engine, planes, winners.samples(), winners.units());
    direct(images, filters, planes, Optional.of(bias)).run(input, maxima);
    maxima.into(new RowWinners(engine, winners, winners.units()));
  }

  @Override
  public void transposed(
      Tensor maps, Tensor filters, Window window, Epilogue epilogue, Tensor images) {
    Operands.transposed(maps, filters, window, epilogue, images);
    CpuTensor input = memory.own(maps);
    CpuTensor output = memory.own(images);
    PaddedPlanes planes =
        new PaddedPlanes(
            maps.shape().extent(2),
            maps.shape().extent(3),
            window.height() - 1 - window.padding(),
            window.width() - 1 - window.padding(),
            window.height(),
            window.width());
    CpuTensor bias = epilogue.bias().map(memory::own).orElse(null);
    PackedFilters packed = PackedFilters.transposed(engine, memory.own(filters), bias);
    new DirectConvolution(engine, planes, maps.shape().extent(1), packed)
        .run(input, new MapFinish(planes, output, epilogue.relu()));
  }

  @Override
  public void filterGradient(
      Tensor images, Tensor maps, Window window, float beta, Tensor filterGradient) {
    Operands.filterGradient(images, maps, window, filterGradient);
    CpuTensor input = memory.own(images);
    CpuTensor gradient = memory.own(maps);
    CpuTensor target = memory.own(filterGradient);
    ImageColumns layout = new ImageColumns(input.shape(), window);
    int positions = layout.positions();
    int filterSize = target.rowSize();
    float[] columns = engine.shared.floats(Scratch.Use.BLOCK, filterSize * positions);
    float[] pixels = input.array();
    if (input.rowCount() == 0) {
      TileRow.store(
          new float[target.length()], 0, target.length(), 1, beta, target.array(), target.offset());
    }
    for (int n = 0; n < input.rowCount(); n++) {
      int image = input.offset() + n * input.rowSize();
      engine.split(
          input.shape().extent(1),
          1,
          (from, to, worker) -> layout.layOut(pixels, image, from, to, columns));
      new Product(target.rowCount(), filterSize, positions)
          .left(gradient.array(), gradient.offset() + n * gradient.rowSize(), false)
          .right(columns, 0, true)
          .scaled(1, n == 0 ? beta : 1)
          .into(target.array(), target.offset())
          .run(engine);
    }
  }

  @Override
  public void channelSums(Tensor images, Tensor out) {
    Operands.channelSums(images, out);
    CpuTensor input = memory.own(images);
    CpuTensor target = memory.own(out);
    int channels = input.shape().extent(1);
    int plane = input.rowSize() / Math.max(1, channels);
    float[] pixels = input.array();
    float[] sums = target.array();
    engine.splitRows(
        channels,
        (long) input.rowCount() * plane,
        (from, to, worker) -> {
          for (int c = from; c < to; c++) {
            double sum = 0;
            for (int n = 0; n < input.rowCount(); n++) {
              sum +=
                  Reductions.preciseSum(pixels, input.offset() + (n * channels + c) * plane, plane);
            }
            sums[target.offset() + c] = (float) sum;
          }
        });
  }

  @Override
  public void maxPool(Tensor images, Pool pool, Tensor out, Tensor argmax) {
    Operands.maxPool(images, pool, out, argmax);
    CpuTensor input = memory.own(images);
    CpuTensor output = memory.own(out);
    CpuTensor positions = memory.own(argmax);
    Shape shape = input.shape();
    int plane = shape.extent(2) * shape.extent(3);
    int pooled = pool.outputExtent(shape.extent(2)) * pool.outputExtent(shape.extent(3));
    MaxPooling pooling = new MaxPooling(pool, shape.extent(2), shape.extent(3));
    float[] pixels = input.array();
    float[] maxima = output.array();
    float[] indices = positions.array();
    engine.splitRows(
        shape.rows() * shape.extent(1),
        4L * plane,
        (from, to, worker) -> {
          for (int p = from; p < to; p++) {
            pooling.run(
                pixels,
                input.offset() + p * plane,
                maxima,
                output.offset() + p * pooled,
                indices,
                positions.offset() + p * pooled);
          }
        });
  }

  @Override
  public void maxPoolGradient(Tensor outGradient, Tensor argmax, Tensor imageGradient) {
    Operands.maxPoolGradient(outGradient, argmax, imageGradient);
    CpuTensor gradient = memory.own(outGradient);
    CpuTensor positions = memory.own(argmax);
    CpuTensor target = memory.own(imageGradient);
    Shape shape = target.shape();
    int plane = shape.extent(2) * shape.extent(3);
    int pooled = gradient.shape().extent(2) * gradient.shape().extent(3);
    float[] from = gradient.array();
    float[] indices = positions.array();
    float[] to = target.array();
    engine.splitRows(
        shape.rows() * shape.extent(1),
        (long) plane + pooled,
        (p0, p1, worker) -> {
          for (int p = p0; p < p1; p++) {
            int image = target.offset() + p * plane;
            Arrays.fill(to, image, image + plane, 0f);
            for (int i = p * pooled; i < (p + 1) * pooled; i++) {
              to[image + (int) indices[positions.offset() + i]] += from[gradient.offset() + i];
            }
          }
        });
  }
}
