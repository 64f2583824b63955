package dev.wta.backend.nd4j.op;

import dev.wta.api.op.Window;
import dev.wta.api.tensor.Shape;
import dev.wta.backend.nd4j.memory.Nd4jTensor;
import dev.wta.backend.nd4j.memory.Nd4jWinners;
import dev.wta.backend.nd4j.memory.Scope;
import java.util.Optional;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Images with a window's padding round them, so that every winner's window lies inside. */
public final class PaddedImages {
  private final Shape images;
  private final Window window;
  private final long height;
  private final long width;
  private final INDArray padded; // (samples, channels, height, width)

  /** Zeros. */
  public PaddedImages(DataType type, Shape images, Window window, Scope scope) {
    this.images = images;
    this.window = window;
    this.height = images.extent(2) + 2L * window.padding();
    this.width = images.extent(3) + 2L * window.padding();
    long[] shape = {images.extent(0), images.extent(1), height, width};
    this.padded = scope.keep(Nd4j.create(type, shape, 'c'));
  }

  /** Float32 copies of {@code images}. */
  private static PaddedImages of(Nd4jTensor images, Window window, Scope scope) {
    PaddedImages padded = new PaddedImages(DataType.FLOAT, images.shape(), window, scope);
    padded.interior().assign(images.array());
    return padded;
  }

  /** A view of the images alone. */
  public INDArray interior() {
    long border = window.padding() * width + window.padding();
    return view(border, images.extent(0), images.extent(1), images.extent(2), images.extent(3));
  }

  /** A view of one channel of all samples, with its padding. */
  public INDArray channel(int channel) {
    return view(channel * height * width, images.extent(0), 1, height, width);
  }

  /**
   * A view, {@code (1, channels, window height, window width)}, of the pixels that winner {@code w}
   * touches.
   */
  public INDArray under(Nd4jWinners winners, int w) {
    int mapWidth = winners.code().extent(3);
    int position = winners.positionOf()[w];
    long image = (long) winners.sampleOf()[w] * images.extent(1) * height * width;
    long corner = position / mapWidth * width + position % mapWidth;
    return view(image + corner, 1, images.extent(1), window.height(), window.width());
  }

  /**
   * The pixels that each winner touches, {@code (winners, channels * window)}, to be multiplied by
   * {@code factors}: where one of those is not finite, its product with the padding is not 0, so
   * the padding is left out then.
   *
   * @param images not empty
   */
  public static Rows patches(
      Nd4jTensor images, Window window, Nd4jWinners winners, INDArray factors, Scope scope) {
    INDArray pixels = of(images, window, scope).patches(winners, scope);
    if (window.padding() == 0 || Nd4jReductions.areFinite(factors, scope)) {
      return Rows.of(pixels);
    }
    PaddedImages ones = new PaddedImages(DataType.FLOAT, images.shape(), window, scope);
    ones.interior().assign(1);
    return new Rows(pixels, Optional.of(ones.patches(winners, scope)));
  }

  private INDArray patches(Nd4jWinners winners, Scope scope) {
    long pixels = (long) images.extent(1) * window.height() * window.width();
    long[] shape = {winners.count(), pixels};
    INDArray patches = scope.keep(Nd4j.createUninitialized(padded.dataType(), shape, 'c'));
    for (int w = 0; w < winners.count(); w++) {
      INDArray pixelsUnder = under(winners, w);
      patches.slice(w).reshape('c', pixelsUnder.shape()).assign(pixelsUnder);
    }
    return patches;
  }

  private INDArray view(long offset, long... shape) {
    long plane = height * width;
    long[] strides = {images.extent(1) * plane, plane, width, 1};
    return Nd4j.create(padded.data(), shape, strides, offset, 'c');
  }
}
