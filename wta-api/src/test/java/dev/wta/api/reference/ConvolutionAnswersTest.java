package dev.wta.api.reference;

import dev.wta.api.op.Convolution;
import dev.wta.api.op.Epilogue;
import dev.wta.api.op.Pool;
import dev.wta.api.op.Window;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import org.junit.jupiter.api.Test;

class ConvolutionAnswersTest extends KnownAnswers {
  private static final Window PADDED = Window.same(3);
  private static final Window UNPADDED = new Window(2, 2, 0);
  private final Convolution convolution = backend.convolution();

  private final Tensor image = tensor(Shape.of(1, 1, 3, 3), 1, 2, 3, 4, 5, 6, 7, 8, 9);

  @Test
  void forwardIsACrossCorrelation() {
    Tensor filter = tensor(Shape.of(1, 1, 2, 2), 1, 10, 100, 1000);
    Tensor map = output(1, 1, 2, 2);
    convolution.forward(image, filter, UNPADDED, Epilogue.NONE, map);
    assertHolds(map, 5421, 6532, 8754, 9865);
  }

  @Test
  void zerosSurroundTheImage() {
    Tensor ones = tensor(Shape.of(1, 1, 3, 3), 1, 1, 1, 1, 1, 1, 1, 1, 1);
    Tensor map = output(1, 1, 3, 3);
    convolution.forward(image, ones, PADDED, Epilogue.NONE, map);
    assertHolds(map, 12, 21, 16, 27, 45, 33, 24, 39, 28);
  }

  @Test
  void channelsAddUpAndMapsAreBiased() {
    Tensor two = tensor(Shape.of(1, 2, 1, 2), 1, 2, 10, 20);
    Tensor filters = tensor(Shape.of(2, 2, 1, 1), 1, 1, 1, -1);
    Tensor maps = output(1, 2, 1, 2);
    convolution.forward(two, filters, new Window(1, 1, 0), Epilogue.biasRelu(vector(0, 10)), maps);
    assertHolds(maps, 11, 22, 1, 0);
  }

  @Test
  void transposedWritesEachPositionsFilter() {
    Tensor filter = tensor(Shape.of(1, 1, 2, 2), 1, 10, 100, 1000);
    Tensor map = tensor(Shape.of(1, 1, 2, 2), 1, 0, 0, 2);
    Tensor written = output(1, 1, 3, 3);
    convolution.transposed(map, filter, UNPADDED, Epilogue.bias(vector(0.5f)), written);
    assertHolds(written, 1.5f, 10.5f, 0.5f, 100.5f, 1002.5f, 20.5f, 0.5f, 200.5f, 2000.5f);
  }

  @Test
  void transposedDropsWhatFallsOutside() {
    Tensor filter = tensor(Shape.of(1, 1, 3, 3), 1, 2, 3, 4, 5, 6, 7, 8, 9);
    Tensor map = tensor(Shape.of(1, 1, 2, 2), 1, 0, 0, 0);
    Tensor written = output(1, 1, 2, 2);
    convolution.transposed(map, filter, PADDED, Epilogue.NONE, written);
    assertHolds(written, 5, 6, 8, 9);
  }

  @Test
  void filterGradientSumsOverPositions() {
    Tensor slopes = tensor(Shape.of(1, 1, 2, 2), 1, 0, 0, 10);
    Tensor gradient = tensor(Shape.of(1, 1, 2, 2), 1, 1, 1, 1);
    convolution.filterGradient(image, slopes, UNPADDED, 0, gradient);
    assertHolds(gradient, 51, 62, 84, 95);
    convolution.filterGradient(image, slopes, UNPADDED, -1, gradient);
    assertHolds(gradient, 0, 0, 0, 0);
  }

  @Test
  void channelSums() {
    Tensor sums = output(2);
    convolution.channelSums(tensor(Shape.of(2, 2, 1, 2), 1, 2, 10, 20, 3, 4, 30, 40), sums);
    assertHolds(sums, 10, 100);
  }

  @Test
  void poolingWindowsAreCutAtTheBorder() {
    Tensor pooled = output(1, 1, 2, 2);
    Tensor argmax = output(1, 1, 2, 2);
    convolution.maxPool(image, new Pool(2, 2), pooled, argmax);
    assertHolds(pooled, 5, 6, 8, 9);
    assertHolds(argmax, 4, 5, 7, 8);
    Tensor gradient = output(1, 1, 3, 3);
    Tensor slopes = tensor(Shape.of(1, 1, 2, 2), 1, 2, 3, 4);
    convolution.maxPoolGradient(slopes, argmax, gradient);
    assertHolds(gradient, 0, 0, 0, 0, 1, 2, 0, 3, 4);
  }

  @Test
  void overlappingWindowsAddTheirGradients() {
    Tensor peak = tensor(Shape.of(1, 1, 1, 3), 1, 9, 1);
    Tensor pooled = output(1, 1, 1, 3);
    Tensor argmax = output(1, 1, 1, 3);
    convolution.maxPool(peak, new Pool(2, 1), pooled, argmax);
    assertHolds(pooled, 9, 9, 1);
    Tensor gradient = output(1, 1, 1, 3);
    convolution.maxPoolGradient(tensor(Shape.of(1, 1, 1, 3), 1, 2, 4), argmax, gradient);
    assertHolds(gradient, 0, 3, 4);
  }

  @Test
  void poolingTiesGoToTheFirstAndNaNComesOut() {
    Tensor row = tensor(Shape.of(1, 1, 1, 4), 5, 5, 7, Float.NaN);
    Tensor pooled = output(1, 1, 1, 2);
    Tensor argmax = output(1, 1, 1, 2);
    convolution.maxPool(row, new Pool(2, 2), pooled, argmax);
    assertHolds(pooled, 5, Float.NaN);
    assertHolds(argmax, 0, 3);
  }
}
