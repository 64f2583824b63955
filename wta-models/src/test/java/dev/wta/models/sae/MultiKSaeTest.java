package dev.wta.models.sae;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.models.TestBackends;
import dev.wta.models.TestData;
import dev.wta.models.training.Trainer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What only Multi-TopK has; {@link TrainingOraclesTest} has its steps. */
class MultiKSaeTest {
  private static final Shape SAMPLE = Shape.of(9);

  private static MultiKSae.Settings settings(List<Integer> ks, List<Double> weights) {
    return MultiKSae.Settings.DEFAULTS.hidden(12).ks(ks, weights);
  }

  @Test
  void featuresAreThoseOfTheFirstK() {
    try (Backend backend = TestBackends.reference();
        MultiKSae model =
            settings(List.of(2, 6), List.of(1.0, 0.125)).on(SAMPLE, backend, Seed.of(1))) {
      Trainer.of(model).data(TestData.patterns(50, SAMPLE)).batch(10).epochs(2).train();
      try (Tensor x = backend.memory().of(Shape.of(7, 9), TestData.normal("x", 63));
          Tensor features = backend.memory().allocate(Shape.of(7, 12))) {
        model.encodePrepared(x, features);
        float[] code = backend.memory().download(features);
        for (int n = 0; n < 7; n++) {
          int active = 0;
          for (int u = 0; u < 12; u++) {
            active += code[n * 12 + u] > 0 ? 1 : 0;
          }
          assertThat(active).isBetween(1, 2);
        }
      }
    }
  }

  @Test
  void ksThatMakeNoSenseAreRefused() {
    try (Backend backend = TestBackends.reference()) {
      for (MultiKSae.Settings wrong :
          List.of(
              settings(List.of(6, 2), List.of(1.0, 1.0)),
              settings(List.of(2, 2), List.of(1.0, 1.0)),
              settings(List.of(2, 4), List.of(1.0)),
              settings(List.of(2, 13), List.of(1.0, 1.0)))) {
        assertThatExceptionOfType(WtaException.class)
            .isThrownBy(() -> wrong.on(SAMPLE, backend, Seed.of(1)))
            .withMessageContaining("'ks' is " + wrong.ks());
      }
    }
  }
}
