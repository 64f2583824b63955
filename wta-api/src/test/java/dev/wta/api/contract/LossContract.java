package dev.wta.api.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.wta.api.contract.support.RandomValues;
import dev.wta.api.contract.support.Tolerance;
import dev.wta.api.contract.support.Twin;
import dev.wta.api.tensor.Shape;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The losses and their gradients. */
public interface LossContract extends Contract {

  @ParameterizedTest(name = "squared error of {0}")
  @MethodSource("dev.wta.api.contract.support.Sizes#matrices")
  default void squaredError(Shape shape) {
    Twin prediction = bench().input(shape, new RandomValues(30).normal(shape));
    Twin target = bench().input(shape, new RandomValues(31).normal(shape));
    Twin error = bench().output(shape);
    Twin loss = bench().output(Shape.of(1));
    bench()
        .run(
            s ->
                s.backend()
                    .dense()
                    .squaredError(s.of(prediction), s.of(target), s.of(error), s.of(loss)));
    bench().assertExact(error);
    bench().assertWithin(loss, expected -> Tolerance.relative(4, expected));
  }

  @Test
  default void squaredErrorMayReplaceThePrediction() {
    Shape shape = Shape.of(31, 13);
    Twin prediction = bench().state(shape, new RandomValues(35).normal(shape));
    Twin target = bench().input(shape, new RandomValues(36).normal(shape));
    Twin loss = bench().output(Shape.of(1));
    bench()
        .run(
            s ->
                s.backend()
                    .dense()
                    .squaredError(s.of(prediction), s.of(target), s.of(prediction), s.of(loss)));
    bench().assertExact(prediction);
    bench().assertWithin(loss, expected -> Tolerance.relative(4, expected));
  }

  @Test
  default void squaredErrorAccumulatesInDoublePrecision() {
    Shape shape = Shape.of(100, 3000);
    float[] alike = new float[300_000];
    Arrays.fill(alike, 0.1f);
    Twin prediction = bench().input(shape, alike);
    Twin target = bench().input(shape, new float[300_000]);
    Twin error = bench().output(shape);
    Twin loss = bench().output(Shape.of());
    bench()
        .run(
            s ->
                s.backend()
                    .dense()
                    .squaredError(s.of(prediction), s.of(target), s.of(error), s.of(loss)));
    double exact = 300_000 * (double) 0.1f * 0.1f;
    assertThat((double) bench().download(loss)[0])
        .isCloseTo(exact, within(Tolerance.relative(4, exact)));
  }

  @ParameterizedTest(name = "softmax cross-entropy of {0}")
  @MethodSource("dev.wta.api.contract.support.Sizes#matrices")
  default void softmaxCrossEntropy(Shape shape) {
    if (shape.rows() > 0 && shape.rowSize() == 0) {
      return; // samples without a class have no label
    }
    checkSoftmax(shape, new RandomValues(32).normal(shape));
  }

  @Test
  default void softmaxOfHugeLogitsDoesNotOverflow() {
    Shape shape = Shape.of(13, 31);
    float[] logits = new RandomValues(33).normal(shape);
    for (int i = 0; i < logits.length; i++) {
      logits[i] *= 1e4f;
    }
    logits[0] = 3e38f;
    logits[31] = -3e38f;
    checkSoftmax(shape, logits);
  }

  @Test
  default void softmaxOfHugeEqualLogitsIsUniform() {
    Shape shape = Shape.of(3, 10);
    float[] logits = new float[30];
    Arrays.fill(logits, 0, 10, 1e20f);
    Arrays.fill(logits, 10, 20, -3e38f);
    checkSoftmax(shape, logits);
    assertThat((double) loss(shape, logits, 3, 4, 5)).isCloseTo(3 * Math.log(10), within(1e-5));
  }

  @Test
  default void softmaxOfInfiniteLogits() {
    Shape shape = Shape.of(1, 4);
    float none = Float.NEGATIVE_INFINITY;
    assertThat((double) loss(shape, new float[] {none, 1, 1, none}, 2))
        .isCloseTo(Math.log(2), within(1e-5));
    assertThat(loss(shape, new float[] {none, 1, 1, none}, 0)).isEqualTo(Float.POSITIVE_INFINITY);
    assertThat(loss(shape, new float[] {none, none, none, none}, 0)).isNaN();
    assertThat(loss(shape, new float[] {0, Float.POSITIVE_INFINITY, 0, 0}, 1)).isNaN();
  }

  @ParameterizedTest(name = "label {0}")
  @ValueSource(floats = {-1, 4, 1.5f, 1e9f, -0.5f, Float.NaN, Float.POSITIVE_INFINITY})
  default void aLabelThatIsNoClassMakesTheLossNaN(float label) {
    Shape shape = Shape.of(3, 4);
    float[] scores = new RandomValues(35).normal(shape);
    assertThat(loss(shape, scores, 1, label, 2)).isNaN();
  }

  /** The loss, after a look at the gradient. */
  private float loss(Shape shape, float[] scores, float... classes) {
    Twin logits = bench().input(shape, scores);
    Twin labels = bench().input(Shape.of(shape.rows()), classes);
    Twin gradient = bench().output(shape);
    Twin loss = bench().output(Shape.of());
    bench()
        .run(
            s ->
                s.backend()
                    .dense()
                    .softmaxCrossEntropy(s.of(logits), s.of(labels), s.of(gradient), s.of(loss)));
    bench().assertWithin(gradient, expected -> 0x1p-19);
    bench().assertWithin(loss, expected -> Tolerance.relative(64, expected) + 0x1p-19);
    return bench().download(loss)[0];
  }

  private void checkSoftmax(Shape shape, float[] scores) {
    RandomValues random = new RandomValues(34);
    float[] classes = random.whole(Shape.of(shape.rows()), 0, Math.max(0, shape.rowSize() - 1));
    Twin logits = bench().input(shape, scores);
    Twin labels = bench().input(Shape.of(shape.rows()), classes);
    Twin gradient = bench().output(shape);
    Twin loss = bench().output(Shape.of(1));
    bench()
        .run(
            s ->
                s.backend()
                    .dense()
                    .softmaxCrossEntropy(s.of(logits), s.of(labels), s.of(gradient), s.of(loss)));
    int n = shape.rowSize();
    // Probabilities are at most 1: an error of a few roundings in the partition's n terms.
    bench().assertWithin(gradient, expected -> 0x1p-19 + Tolerance.ofSum(n, Math.abs(expected)));
    // A sample's loss is near 0 where the label's logit is the largest: the error is one of 1, too.
    double samples = shape.rows();
    bench()
        .assertWithin(loss, expected -> 0x1p-19 * samples + Tolerance.ofSum(n, Math.abs(expected)));
  }
}
