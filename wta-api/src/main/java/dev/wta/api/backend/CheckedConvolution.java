package dev.wta.api.backend;

import dev.wta.api.op.Convolution;
import dev.wta.api.op.Epilogue;
import dev.wta.api.op.Pool;
import dev.wta.api.op.Window;
import dev.wta.api.tensor.Tensor;

/** The convolutions of a backend, checked. */
record CheckedConvolution(Convolution convolution, OneThread thread) implements Convolution {
  @Override
  public void forward(
      Tensor images, Tensor filters, Window window, Epilogue epilogue, Tensor maps) {
    try (var _ = thread.hold()) {
      Operand kernel = kernel("forward", images, filters, window, maps);
      kernel.bias(epilogue.bias(), filters.shape().extent(0));
      convolution.forward(images, filters, window, epilogue, maps);
    }
  }

  @Override
  public void transposed(
      Tensor maps, Tensor filters, Window window, Epilogue epilogue, Tensor images) {
    try (var _ = thread.hold()) {
      Operand kernel = kernel("transposed", images, filters, window, maps);
      kernel.bias(epilogue.bias(), filters.shape().extent(1));
      convolution.transposed(maps, filters, window, epilogue, images);
    }
  }

  @Override
  public void filterGradient(
      Tensor images, Tensor maps, Window window, float beta, Tensor filterGradient) {
    try (var _ = thread.hold()) {
      kernel("filterGradient", images, filterGradient, window, maps);
      convolution.filterGradient(images, maps, window, beta, filterGradient);
    }
  }

  @Override
  public void channelSums(Tensor images, Tensor out) {
    try (var _ = thread.hold()) {
      Operand from = Operand.open("channelSums", "images", images).rank(4);
      Operand.open("channelSums", "out", out).size(images.shape().extent(1), from).apartFrom(from);
      convolution.channelSums(images, out);
    }
  }

  @Override
  public void maxPool(Tensor images, Pool pool, Tensor out, Tensor argmax) {
    try (var _ = thread.hold()) {
      Operand from = Operand.open("maxPool", "images", images).rank(4);
      Operand pooled = Operand.open("maxPool", "out", out).rank(4);
      pooled
          .rows(images.shape().rows(), from)
          .extent(1, images.shape().extent(1), "channels", from)
          .extent(2, pool.outputExtent(images.shape().extent(2)), "windows vertically", from)
          .extent(3, pool.outputExtent(images.shape().extent(3)), "windows horizontally", from)
          .apartFrom(from);
      Operand.open("maxPool", "argmax", argmax).like(pooled).apartFrom(from, pooled);
      convolution.maxPool(images, pool, out, argmax);
    }
  }

  @Override
  public void maxPoolGradient(Tensor outGradient, Tensor argmax, Tensor imageGradient) {
    try (var _ = thread.hold()) {
      Operand from = Operand.open("maxPoolGradient", "outGradient", outGradient).rank(4);
      Operand where = Operand.open("maxPoolGradient", "argmax", argmax).like(from);
      Operand.open("maxPoolGradient", "imageGradient", imageGradient)
          .rank(4)
          .rows(outGradient.shape().rows(), from)
          .extent(1, outGradient.shape().extent(1), "channels", from)
          .apartFrom(from, where);
      convolution.maxPoolGradient(outGradient, argmax, imageGradient);
    }
  }

  /** Filters that go with images, maps and the window between them. */
  private static Operand kernel(
      String operation, Tensor images, Tensor filters, Window window, Tensor maps) {
    Operand pixels = Operand.open(operation, "images", images).rank(4);
    Operand kernel = Operand.open(operation, "filters", filters).rank(4);
    Operand.open(operation, "maps", maps)
        .rank(4)
        .rows(images.shape().rows(), pixels)
        .extent(1, filters.shape().extent(0), "maps", kernel)
        .extent(2, window.mapHeight(images.shape().extent(2)), "positions vertically", pixels)
        .extent(3, window.mapWidth(images.shape().extent(3)), "positions horizontally", pixels)
        .apartFrom(pixels, kernel);
    pixels.apartFrom(kernel);
    return kernel.window(window).extent(1, images.shape().extent(1), "channels", pixels);
  }
}
