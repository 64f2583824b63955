package dev.wta.data.preprocessing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.wta.api.WtaException;
import dev.wta.api.tensor.Shape;
import dev.wta.data.MemoryDataset;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What brings pre-processed samples back into the inputs' own unit. */
class UndonePreprocessingTest {
  private static final Shape SAMPLE = Shape.of(1, 3, 3);
  private static final int SAMPLES = 40;

  private static float[] samples() {
    Random random = new Random(5);
    float[] samples = new float[SAMPLES * 9];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (float) (100 * random.nextGaussian() + 20 * (i % 9));
    }
    return samples;
  }

  private static Preprocessing fitted(String steps) {
    MemoryDataset data = MemoryDataset.of("x", SAMPLE, samples());
    return Preprocessing.fit(List.of(steps.split(" ")), data);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "scale",
        "mean-norm",
        "center",
        "scale mean-norm",
        "center mean-norm",
        "mean-norm center",
        "zca(0.1)",
        "center mean-norm zca(0.01)"
      })
  void whatWasAppliedIsUndone(String steps) {
    Preprocessing fitted = fitted(steps);
    float[] samples = samples();
    fitted.apply(samples, SAMPLES, SAMPLE);
    float[] outside = samples.clone();
    fitted.invert(samples, SAMPLES - 1, SAMPLE);
    assertThat(fitted.irreversible()).isEmpty();
    int last = (SAMPLES - 1) * 9;
    for (int i = 0; i < last; i++) {
      assertThat(samples[i]).as("%s, %d", steps, i).isCloseTo(samples()[i], within(1e-3f));
    }
    for (int i = last; i < samples.length; i++) {
      assertThat(samples[i]).as("not among the samples").isEqualTo(outside[i]);
    }
  }

  @Test
  void bytesGetTheirUnitBack() {
    float[] reconstruction = {0, 0.2f, 1};
    new Scaling(255).invert(reconstruction, 1, Shape.of(3));
    assertThat(reconstruction).containsExactly(0, 51, 255);
  }

  @ParameterizedTest
  @ValueSource(strings = {"l2", "standardise", "lcn"})
  void whatKeepsNothingOfASampleIsRefusedByName(String step) {
    float[] samples = samples();
    for (String steps : List.of(step, "center " + step + " mean-norm")) {
      Preprocessing fitted = fitted(steps);
      assertThat(fitted.irreversible()).contains(step);
      assertThatThrownBy(() -> fitted.invert(samples, SAMPLES, SAMPLE))
          .isInstanceOf(WtaException.class)
          .hasMessageContaining("the pre-processing '%s' cannot be undone".formatted(step));
      assertThat(samples).as("untouched").isEqualTo(samples());
    }
  }

  @Test
  void samplesOfAnotherSizeAreRefused() {
    for (String step : List.of("center", "zca(0.1)")) {
      Preprocessing fitted = fitted(step);
      assertThatThrownBy(() -> fitted.invert(new float[8], 1, Shape.of(8)))
          .isInstanceOf(WtaException.class)
          .hasMessageContaining("do not fit this pre-processing");
    }
  }
}
