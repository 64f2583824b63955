package dev.wta.backend.cpu;

import dev.wta.api.Convolution;
import dev.wta.api.Epilogue;
import dev.wta.api.Operands;
import dev.wta.api.Pool;
import dev.wta.api.Shape;
import dev.wta.api.Tensor;
import dev.wta.api.Window;
import java.util.Arrays;

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
    CpuTensor input = memory.own(images);
    CpuTensor weights = memory.own(filters);
    CpuTensor output = memory.own(maps);
    ImageColumns layout = new ImageColumns(input.shape(), window);
    int positions = layout.positions();
    int filterSize = weights.rowSize();
    ChannelEpilogue finish = channelEpilogue(epilogue, output, positions);
    float[] pixels = input.array();
    float[] out = output.array();
    engine.split(
        input.rowCount(),
        1,
        (from, to, worker) -> {
          Scratch scratch = engine.scratch(worker);
          float[] columns = scratch.floats(Scratch.Use.BLOCK, filterSize * positions);
          for (int n = from; n < to; n++) {
            int target = output.offset() + n * output.rowSize();
            layout.layOut(
                pixels, input.offset() + n * input.rowSize(), 0, input.shape().extent(1), columns);
            new Product(weights.rowCount(), positions, filterSize)
                .left(weights.array(), weights.offset(), false)
                .right(columns, 0, false)
                .into(out, target)
                .run(scratch);
            finish.apply(target);
          }
        });
  }

  @Override
  public void transposed(
      Tensor maps, Tensor filters, Window window, Epilogue epilogue, Tensor images) {
    Operands.transposed(maps, filters, window, epilogue, images);
    CpuTensor input = memory.own(maps);
    CpuTensor weights = memory.own(filters);
    CpuTensor output = memory.own(images);
    ImageColumns layout = new ImageColumns(output.shape(), window);
    int positions = layout.positions();
    int filterSize = weights.rowSize();
    int channels = output.shape().extent(1);
    ChannelEpilogue finish =
        channelEpilogue(epilogue, output, output.rowSize() / Math.max(1, channels));
    float[] out = output.array();
    engine.split(
        input.rowCount(),
        1,
        (from, to, worker) -> {
          Scratch scratch = engine.scratch(worker);
          float[] columns = scratch.floats(Scratch.Use.BLOCK, filterSize * positions);
          for (int n = from; n < to; n++) {
            int target = output.offset() + n * output.rowSize();
            new Product(filterSize, positions, weights.rowCount())
                .left(weights.array(), weights.offset(), true)
                .right(input.array(), input.offset() + n * input.rowSize(), false)
                .into(columns, 0)
                .run(scratch);
            Arrays.fill(out, target, target + output.rowSize(), 0f);
            layout.addUp(columns, channels, out, target);
            finish.apply(target);
          }
        });
  }

  /** Finishes one sample of an output, from its first element. */
  @FunctionalInterface
  private interface ChannelEpilogue {
    void apply(int start);
  }

  private ChannelEpilogue channelEpilogue(Epilogue epilogue, CpuTensor output, int plane) {
    if (epilogue.bias().isEmpty() && !epilogue.relu()) {
      return start -> {};
    }
    CpuTensor bias = epilogue.bias().map(memory::own).orElse(null);
    int channels = output.shape().extent(1);
    return start -> {
      for (int c = 0; c < channels; c++) {
        int from = start + c * plane;
        if (bias != null) {
          float shift = bias.array()[bias.offset() + c];
          LinearKernels.affine(1, output.array(), from, shift, output.array(), from, plane);
        }
        if (epilogue.relu()) {
          TileRow.finish(output.array(), from, plane, null, 0, true);
        }
      }
    };
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
