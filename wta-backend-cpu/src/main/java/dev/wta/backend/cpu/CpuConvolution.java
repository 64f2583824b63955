package dev.wta.backend.cpu;

import dev.wta.api.op.Convolution;
import dev.wta.api.op.Epilogue;
import dev.wta.api.op.Pool;
import dev.wta.api.op.Window;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.backend.cpu.accelerator.Bf16Accelerator;
import dev.wta.backend.cpu.accelerator.Bf16Accelerator.Convolution.Operand;
import dev.wta.backend.cpu.bf16.RoundedProducts;
import dev.wta.backend.cpu.conv.DirectConvolution;
import dev.wta.backend.cpu.conv.FewPositions;
import dev.wta.backend.cpu.conv.FilterGradient;
import dev.wta.backend.cpu.conv.MapFinish;
import dev.wta.backend.cpu.conv.MapMaxima;
import dev.wta.backend.cpu.conv.MaxPoolKernels;
import dev.wta.backend.cpu.conv.PackedFilters;
import dev.wta.backend.cpu.conv.PaddedPlanes;
import dev.wta.backend.cpu.exec.Execution;
import dev.wta.backend.cpu.exec.Scratch;
import dev.wta.backend.cpu.memory.CpuMemory;
import dev.wta.backend.cpu.memory.CpuTensor;
import dev.wta.backend.cpu.memory.CpuWinners;
import dev.wta.backend.cpu.select.SampleWinners;
import dev.wta.backend.cpu.select.SpatialWinners;
import dev.wta.backend.cpu.vector.ReductionKernels;
import dev.wta.backend.cpu.winograd.WinogradConvolution;
import dev.wta.backend.cpu.winograd.WinogradFilterGradient;
import dev.wta.backend.cpu.winograd.WinogradMaps;
import dev.wta.backend.cpu.winograd.WinogradMaxima;
import java.util.Arrays;
import java.util.Optional;

/** Convolutions, direct or by way of transforms as the shape suits, and pooling. */
final class CpuConvolution implements Convolution {
  private final CpuMemory memory;
  private final Execution execution;
  private final Optional<RoundedProducts> rounded;

  /**
   * @param rounded computes what is large enough for it; empty where operands are not to be rounded
   */
  CpuConvolution(CpuMemory memory, Execution execution, Optional<RoundedProducts> rounded) {
    this.memory = memory;
    this.execution = execution;
    this.rounded = rounded;
  }

  private static Bf16Accelerator.Convolution shape(
      Operand result, Tensor images, Tensor filters, Window window) {
    Shape of = images.shape();
    return new Bf16Accelerator.Convolution(
        result,
        of.rows(),
        of.extent(1),
        of.extent(2),
        of.extent(3),
        filters.shape().extent(0),
        window.height(),
        window.width(),
        window.padding());
  }

  /** Whether a convolution of that shape is computed of rounded operands. */
  private boolean rounds(Bf16Accelerator.Convolution shape) {
    return rounded.isPresent() && RoundedProducts.suits(shape);
  }

  @Override
  public void forward(
      Tensor images, Tensor filters, Window window, Epilogue epilogue, Tensor maps) {
    CpuTensor input = memory.own(images);
    CpuTensor weights = memory.own(filters);
    CpuTensor output = memory.own(maps);
    CpuTensor bias = epilogue.bias().map(memory::own).orElse(null);
    Bf16Accelerator.Convolution shape = shape(Operand.MAPS, images, filters, window);
    if (rounds(shape)) {
      rounded.get().convolve(shape, input, weights, bias, epilogue.relu(), output);
      return;
    }
    if (WinogradConvolution.suits(input, weights.rowCount(), window)) {
      WinogradMaps finish = new WinogradMaps(output, bias, epilogue.relu());
      if (new WinogradConvolution(execution, input, weights, window, false).run(input, finish)) {
        return;
      }
    }
    PaddedPlanes planes = planes(input, window);
    direct(planes, weights, bias).run(input, new MapFinish(planes, output, epilogue.relu()));
  }

  /** Convolves and keeps of each map its largest positive activation. */
  void spatialWinners(
      Tensor images, Tensor filters, Window window, Tensor bias, CpuWinners winners) {
    CpuTensor input = memory.own(images);
    CpuTensor weights = memory.own(filters);
    CpuTensor offsets = memory.own(bias);
    SpatialWinners found = new SpatialWinners(execution, winners);
    SampleWinners rows = new SampleWinners(execution, winners, winners.units());
    if (WinogradConvolution.suits(input, weights.rowCount(), window)) {
      int height = winners.code().extent(2);
      int width = winners.code().extent(3);
      WinogradMaxima finish = new WinogradMaxima(found, height, width, offsets);
      if (new WinogradConvolution(execution, input, weights, window, false).run(input, finish)) {
        found.into(rows);
        return;
      }
    }
    PaddedPlanes planes = planes(input, window);
    direct(planes, weights, offsets).run(input, new MapMaxima(execution, planes, found));
    found.into(rows);
  }

  private DirectConvolution direct(PaddedPlanes planes, CpuTensor filters, CpuTensor bias) {
    PackedFilters packed = PackedFilters.forward(execution, filters, bias);
    return new DirectConvolution(execution, planes, filters.shape().extent(1), packed);
  }

  private static PaddedPlanes planes(CpuTensor images, Window window) {
    return new PaddedPlanes(
        images.shape().extent(2),
        images.shape().extent(3),
        window.padding(),
        window.padding(),
        window.height(),
        window.width());
  }

  @Override
  public void transposed(
      Tensor maps, Tensor filters, Window window, Epilogue epilogue, Tensor images) {
    CpuTensor input = memory.own(maps);
    CpuTensor weights = memory.own(filters);
    CpuTensor output = memory.own(images);
    CpuTensor bias = epilogue.bias().map(memory::own).orElse(null);
    Bf16Accelerator.Convolution shape = shape(Operand.IMAGES, images, filters, window);
    if (rounds(shape)) {
      rounded.get().convolve(shape, input, weights, bias, epilogue.relu(), output);
      return;
    }
    if (window.height() == window.width()) {
      Window back = WinogradConvolution.transposed(window);
      if (WinogradConvolution.suits(input, weights.shape().extent(1), back)) {
        WinogradMaps finish = new WinogradMaps(output, bias, epilogue.relu());
        if (new WinogradConvolution(execution, input, weights, back, true).run(input, finish)) {
          return;
        }
      }
    }
    PaddedPlanes planes =
        new PaddedPlanes(
            maps.shape().extent(2),
            maps.shape().extent(3),
            window.height() - 1 - window.padding(),
            window.width() - 1 - window.padding(),
            window.height(),
            window.width());
    PackedFilters packed = PackedFilters.transposed(execution, weights, bias);
    new DirectConvolution(execution, planes, maps.shape().extent(1), packed)
        .run(input, new MapFinish(planes, output, epilogue.relu()));
  }

  @Override
  public void filterGradient(
      Tensor images, Tensor maps, Window window, float beta, Tensor filterGradient) {
    CpuTensor input = memory.own(images);
    CpuTensor slopes = memory.own(maps);
    CpuTensor target = memory.own(filterGradient);
    Bf16Accelerator.Convolution shape = shape(Operand.FILTERS, images, filterGradient, window);
    if (rounds(shape)) {
      rounded.get().filterGradient(shape, input, slopes, beta, target);
      return;
    }
    if (new FewPositions(execution, input, slopes, window).into(target, beta)) {
      return;
    }
    if (WinogradFilterGradient.suits(input, slopes, window)
        && new WinogradFilterGradient(execution, input, slopes, window).into(target, beta)) {
      return;
    }
    new FilterGradient(execution, planes(input, window), input, slopes).into(target, beta);
  }

  @Override
  public void channelSums(Tensor images, Tensor out) {
    CpuTensor input = memory.own(images);
    CpuTensor target = memory.own(out);
    int channels = input.shape().extent(1);
    int plane = input.rowSize() / Math.max(1, channels);
    float[] pixels = input.array();
    float[] sums = target.array();
    execution.splitRows(
        channels,
        (long) input.rowCount() * plane,
        (from, to, worker) -> {
          for (int c = from; c < to; c++) {
            double sum = 0;
            for (int n = 0; n < input.rowCount(); n++) {
              sum +=
                  ReductionKernels.preciseSum(
                      pixels, input.offset() + (n * channels + c) * plane, plane);
            }
            sums[target.offset() + c] = (float) sum;
          }
        });
  }

  @Override
  public void maxPool(Tensor images, Pool pool, Tensor out, Tensor argmax) {
    CpuTensor input = memory.own(images);
    CpuTensor output = memory.own(out);
    CpuTensor positions = memory.own(argmax);
    Shape shape = input.shape();
    int plane = shape.extent(2) * shape.extent(3);
    int pooled = pool.outputExtent(shape.extent(2)) * pool.outputExtent(shape.extent(3));
    MaxPoolKernels pooling = new MaxPoolKernels(pool, shape.extent(2), shape.extent(3));
    float[] pixels = input.array();
    float[] maxima = output.array();
    float[] indices = positions.array();
    execution.splitRows(
        shape.rows() * shape.extent(1),
        4L * plane,
        (from, to, worker) -> {
          float[] columns =
              execution.scratch(worker).floats(Scratch.Use.ROW, pooling.scratchSize());
          for (int p = from; p < to; p++) {
            pooling.run(
                pixels,
                input.offset() + p * plane,
                maxima,
                output.offset() + p * pooled,
                indices,
                positions.offset() + p * pooled,
                columns);
          }
        });
  }

  @Override
  public void maxPoolGradient(Tensor outGradient, Tensor argmax, Tensor imageGradient) {
    CpuTensor gradient = memory.own(outGradient);
    CpuTensor positions = memory.own(argmax);
    CpuTensor target = memory.own(imageGradient);
    Shape shape = target.shape();
    int plane = shape.extent(2) * shape.extent(3);
    int pooled = gradient.shape().extent(2) * gradient.shape().extent(3);
    float[] from = gradient.array();
    float[] indices = positions.array();
    float[] to = target.array();
    execution.splitRows(
        shape.rows() * shape.extent(1),
        (long) plane + pooled,
        (p0, p1, worker) -> {
          for (int p = p0; p < p1; p++) {
            int image = target.offset() + p * plane;
            Arrays.fill(to, image, image + plane, 0f);
            int end = (p + 1) * pooled;
            for (int i = p * pooled; i < end; ) {
              // Neighbours often share a maximum: their sum in double precision rounds little.
              int at = (int) indices[positions.offset() + i];
              double sum = 0;
              for (; i < end && (int) indices[positions.offset() + i] == at; i++) {
                sum += from[gradient.offset() + i];
              }
              to[image + at] += (float) sum;
            }
          }
        });
  }
}
