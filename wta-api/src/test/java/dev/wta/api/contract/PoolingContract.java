package dev.wta.api.contract;

import dev.wta.api.contract.support.RandomValues;
import dev.wta.api.contract.support.Side;
import dev.wta.api.contract.support.Twin;
import dev.wta.api.op.Pool;
import dev.wta.api.tensor.Shape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Max-pooling with windows cut at the border, and its gradient. */
public interface PoolingContract extends Contract {

  @ParameterizedTest(name = "{0}x{1}x{2}x{3}, windows of {4} every {5}")
  @CsvSource({
    "0, 2, 5, 5, 2, 2",
    "1, 1, 1, 1, 3, 2",
    "2, 3, 8, 8, 2, 2",
    "2, 3, 28, 28, 5, 3",
    "1, 7, 10, 10, 3, 2",
    "3, 2, 28, 28, 11, 6",
    "2, 1, 7, 13, 2, 3",
    "1, 2, 31, 5, 4, 1",
    "1, 13, 6, 9, 7, 9"
  })
  default void maxPool(int n, int channels, int height, int width, int size, int stride) {
    Shape images = Shape.of(n, channels, height, width);
    check(images, new Pool(size, stride), new RandomValues(60).normal(images));
  }

  @Test
  default void tiesGoToTheLowerPosition() {
    Shape images = Shape.of(3, 5, 9, 11);
    check(images, new Pool(4, 2), new RandomValues(61).whole(images, 0, 2));
    check(images, new Pool(3, 3), new float[(int) images.size()]);
  }

  @Test
  default void negativeImagesPoolToTheirLargest() {
    Shape images = Shape.of(2, 3, 7, 7);
    float[] values = new RandomValues(62).uniform(images, -9, -1);
    values[5] = Float.NEGATIVE_INFINITY;
    check(images, new Pool(3, 2), values);
  }

  @Test
  default void nanInAWindowComesOut() {
    Shape images = Shape.of(2, 3, 13, 13);
    float[] values = new RandomValues(63).normal(images);
    new RandomValues(64).sprinkle(values, Float.NaN, 0.05);
    new RandomValues(65).sprinkle(values, Float.POSITIVE_INFINITY, 0.05);
    check(images, new Pool(3, 2), values);
  }

  private void check(Shape shape, Pool pool, float[] values) {
    Shape pooled =
        Shape.of(
            shape.extent(0),
            shape.extent(1),
            pool.outputExtent(shape.extent(2)),
            pool.outputExtent(shape.extent(3)));
    Twin images = bench().input(shape, values);
    Twin out = bench().output(pooled);
    Twin argmax = bench().output(pooled);
    bench()
        .run(s -> s.backend().convolution().maxPool(s.of(images), pool, s.of(out), s.of(argmax)));
    bench().assertExact(out);
    bench().assertExact(argmax);
    Twin slope = bench().input(pooled, new RandomValues(66).normal(pooled));
    Twin gradient = bench().output(shape);
    bench()
        .runSum(
            s -> {
              // Magnitudes are added up where the reference found its maxima.
              var where = argmax.on(s.kind() == Side.Kind.TESTED ? s.kind() : Side.Kind.REFERENCE);
              s.backend().convolution().maxPoolGradient(s.of(slope), where, s.of(gradient));
            });
    bench().assertSum(gradient, (long) pool.size() * pool.size());
  }
}
