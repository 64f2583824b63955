package dev.wta.backend.nd4j;

import dev.wta.api.op.Convolution;
import dev.wta.api.op.Epilogue;
import dev.wta.api.op.Pool;
import dev.wta.api.op.Window;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.backend.nd4j.memory.Nd4jMemory;
import dev.wta.backend.nd4j.memory.Nd4jTensor;
import dev.wta.backend.nd4j.memory.Scope;
import dev.wta.backend.nd4j.op.Nd4jFunctions;
import dev.wta.backend.nd4j.op.Nd4jMaxPooling;
import dev.wta.backend.nd4j.op.Nd4jReductions;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.factory.Nd4j;

/** ND4J's float32 convolution, deconvolution and their gradients, and pooling. */
final class Nd4jConvolution implements Convolution {
  private final Nd4jMemory memory;

  Nd4jConvolution(Nd4jMemory memory) {
    this.memory = memory;
  }

  @Override
  public void forward(
      Tensor images, Tensor filters, Window window, Epilogue epilogue, Tensor maps) {
    convolve("conv2d", images, filters, window, epilogue, maps);
  }

  @Override
  public void transposed(
      Tensor maps, Tensor filters, Window window, Epilogue epilogue, Tensor images) {
    convolve("deconv2d", maps, filters, window, epilogue, images);
  }

  private void convolve(
      String operation, Tensor in, Tensor filters, Window window, Epilogue epilogue, Tensor out) {
    Nd4jTensor from = memory.own(in);
    Nd4jTensor kernels = memory.own(filters);
    Nd4jTensor to = memory.own(out);
    epilogue.bias().ifPresent(memory::own);
    if (to.isEmpty()) {
      return;
    }
    INDArray result = to.array();
    if (from.isEmpty() || kernels.isEmpty()) { // sums of nothing
      result.assign(0);
    } else {
      Nd4j.exec(
          of(operation, window)
              .addInputs(from.array(), kernels.array())
              .addOutputs(result)
              .build());
    }
    epilogue.bias().ifPresent(bias -> addToChannels(memory.own(bias), to));
    if (epilogue.relu()) {
      Nd4jFunctions.rectify(result);
    }
  }

  @Override
  public void filterGradient(
      Tensor images, Tensor maps, Window window, float beta, Tensor filterGradient) {
    Nd4jTensor pixels = memory.own(images);
    Nd4jTensor slopes = memory.own(maps);
    Nd4jTensor gradient = memory.own(filterGradient);
    if (gradient.isEmpty()) {
      return;
    }
    try (Scope scope = new Scope()) {
      INDArray target = gradient.array();
      INDArray sums = scope.keep(Nd4j.create(DataType.FLOAT, target.shape(), 'c'));
      if (!pixels.isEmpty() && !slopes.isEmpty()) {
        // ND4J works out the images' gradient along with the filters', and takes filters for it.
        INDArray imageGradient =
            scope.keep(Nd4j.createUninitialized(DataType.FLOAT, pixels.array().shape(), 'c'));
        INDArray noFilters = scope.keep(Nd4j.create(DataType.FLOAT, target.shape(), 'c'));
        Nd4j.exec(
            of("conv2d_bp", window)
                .addInputs(pixels.array(), noFilters, slopes.array())
                .addOutputs(imageGradient, sums)
                .build());
      }
      if (beta != 0) {
        sums.addi(scope.keep(target.mul(scope.keep(Nd4j.createFromArray(beta)))));
      }
      target.assign(sums);
    }
  }

  /** An operation of ND4J with our geometry: stride 1, zero padding, unit-major filters. */
  private static DynamicCustomOp.DynamicCustomOpsBuilder of(String operation, Window window) {
    int stride = 1;
    int dilation = 1;
    int explicitPadding = 0;
    int channelsFirst = 0;
    int unitMajor = 1;
    return DynamicCustomOp.builder(operation)
        .addIntegerArguments(
            window.height(),
            window.width(),
            stride,
            stride,
            window.padding(),
            window.padding(),
            dilation,
            dilation,
            explicitPadding,
            channelsFirst,
            unitMajor);
  }

  @Override
  public void channelSums(Tensor images, Tensor out) {
    Nd4jTensor pixels = memory.own(images);
    Nd4jTensor sums = memory.own(out);
    if (sums.isEmpty()) {
      return;
    }
    if (pixels.isEmpty()) {
      sums.vector().assign(0);
      return;
    }
    Shape shape = pixels.shape();
    try (Scope scope = new Scope()) {
      INDArray planes = scope.wide(pixels.array());
      // Each image's own sums first, (samples * channels), and then those of all samples.
      long each = (long) shape.extent(2) * shape.extent(3);
      INDArray perImage =
          Nd4jReductions.sums(1, planes.reshape('c', planes.length() / each, each), scope);
      INDArray bySample = perImage.reshape('c', shape.extent(0), shape.extent(1));
      sums.vector().assign(Nd4jReductions.sums(0, bySample, scope));
    }
  }

  @Override
  public void maxPool(Tensor images, Pool pool, Tensor out, Tensor argmax) {
    Nd4jTensor pixels = memory.own(images);
    Nd4jTensor pooled = memory.own(out);
    Nd4jTensor where = memory.own(argmax);
    if (!pooled.isEmpty()) {
      Nd4jMaxPooling.pool(pixels, pool, pooled, where);
    }
  }

  @Override
  public void maxPoolGradient(Tensor outGradient, Tensor argmax, Tensor imageGradient) {
    Nd4jTensor slopes = memory.own(outGradient);
    Nd4jTensor where = memory.own(argmax);
    Nd4jTensor gradient = memory.own(imageGradient);
    if (!gradient.isEmpty()) {
      Nd4jMaxPooling.gradient(slopes, where, gradient);
    }
  }

  private static void addToChannels(Nd4jTensor bias, Nd4jTensor images) {
    Shape shape = images.shape();
    long[] column = {1, shape.extent(1), 1, 1};
    images.array().addi(bias.vector().reshape('c', column));
  }
}
