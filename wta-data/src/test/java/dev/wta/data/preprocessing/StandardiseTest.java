package dev.wta.data.preprocessing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.wta.api.WtaException;
import dev.wta.api.tensor.Shape;
import dev.wta.data.MemoryDataset;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

class StandardiseTest {
  private static final int SAMPLES = 5;
  private static final Shape PICTURE = Shape.of(3, 4, 5);
  private static final int WIDTH = 60;

  private static float[] pixels() {
    Random random = new Random(1);
    float[] pixels = new float[SAMPLES * WIDTH];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = random.nextInt(256);
    }
    return pixels;
  }

  private static float[] applied(String step, float[] samples) {
    MemoryDataset data = MemoryDataset.of("pictures", PICTURE, samples);
    float[] copy = samples.clone();
    Preprocessing.fit(List.of(step), data).apply(copy, SAMPLES, PICTURE);
    return copy;
  }

  /** The papers' formulas, each with the divisor that it makes of the variance. */
  private static void assertFormula(String step, DoubleUnaryOperator divisor) {
    float[] before = pixels();
    float[] after = applied(step, before);
    for (int row = 0; row < SAMPLES; row++) {
      float[] x = Arrays.copyOfRange(before, row * WIDTH, (row + 1) * WIDTH);
      double mean = 0;
      double squares = 0;
      for (float value : x) {
        mean += value / (double) WIDTH;
        squares += (double) value * value / WIDTH;
      }
      for (int i = 0; i < WIDTH; i++) {
        double expected = (x[i] - mean) / divisor.applyAsDouble(squares - mean * mean);
        assertThat((double) after[row * WIDTH + i]).as(step).isCloseTo(expected, within(1e-5));
      }
    }
  }

  @Test
  void picturesArePatchesAreFacesAreAsInThePapers() {
    assertFormula("standardise", Math::sqrt);
    assertFormula("standardise(10)", variance -> Math.sqrt(variance + 10));
    assertFormula("standardise(0, 10)", variance -> Math.sqrt(variance) + 10);
  }

  @Test
  void aFlatPictureBecomesZeros() {
    float[] flat = new float[SAMPLES * WIDTH];
    Arrays.fill(flat, 0.1f); // whose mean is not exactly 0.1
    for (String step : List.of("standardise", "standardise(10)", "standardise(0, 10)")) {
      assertThat(applied(step, flat)).containsOnly(0);
    }
  }

  @Test
  void itIsTheSameAfterBeingSaved() {
    Preprocessing fitted = new Standardise(10, 0.5);
    assertThat(Preprocessing.of(fitted.describe(), fitted.tensors())).isEqualTo(fitted);
  }

  @Test
  void argumentsOutOfRangeAreRefused() {
    for (String step : List.of("standardise(-1)", "standardise(NaN)", "standardise(0, much)")) {
      assertThatThrownBy(() -> Preprocessing.requireKnown(List.of(step)))
          .isInstanceOf(WtaException.class)
          .hasMessageContaining("'%s' is wrong".formatted(step))
          .hasMessageContaining("a number of at least 0");
    }
    assertThatThrownBy(() -> Preprocessing.requireKnown(List.of("standardise(1, 2, 3)")))
        .hasMessageContaining("at most 2 arguments, not 3")
        .hasMessageContaining("standardise(variance=0, deviation=0)");
    assertThatThrownBy(() -> Preprocessing.requireKnown(List.of("standardise(1")))
        .hasMessageContaining("is no step of pre-processing");
    assertThatThrownBy(() -> Preprocessing.requireKnown(List.of("standardize")))
        .hasMessageContaining("did you mean 'standardise'?");
  }
}
