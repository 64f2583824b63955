package dev.wta.api.backend;

import dev.wta.api.op.Convolution;
import dev.wta.api.op.Epilogue;
import dev.wta.api.op.Pool;
import dev.wta.api.op.Window;
import dev.wta.api.tensor.Tensor;

/** The convolutions of a backend, for one thread at a time. */
record CheckedConvolution(Convolution convolution, OneThread thread) implements Convolution {
  @Override
  public void forward(
      Tensor images, Tensor filters, Window window, Epilogue epilogue, Tensor maps) {
    try (var _ = thread.hold()) {
      convolution.forward(images, filters, window, epilogue, maps);
    }
  }

  @Override
  public void transposed(
      Tensor maps, Tensor filters, Window window, Epilogue epilogue, Tensor images) {
    try (var _ = thread.hold()) {
      convolution.transposed(maps, filters, window, epilogue, images);
    }
  }

  @Override
  public void filterGradient(
      Tensor images, Tensor maps, Window window, float beta, Tensor filterGradient) {
    try (var _ = thread.hold()) {
      convolution.filterGradient(images, maps, window, beta, filterGradient);
    }
  }

  @Override
  public void channelSums(Tensor images, Tensor out) {
    try (var _ = thread.hold()) {
      convolution.channelSums(images, out);
    }
  }

  @Override
  public void maxPool(Tensor images, Pool pool, Tensor out, Tensor argmax) {
    try (var _ = thread.hold()) {
      convolution.maxPool(images, pool, out, argmax);
    }
  }

  @Override
  public void maxPoolGradient(Tensor outGradient, Tensor argmax, Tensor imageGradient) {
    try (var _ = thread.hold()) {
      convolution.maxPoolGradient(outGradient, argmax, imageGradient);
    }
  }
}
