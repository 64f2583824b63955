package dev.wta.models.fc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wta.api.backend.Backend;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.models.Model;
import dev.wta.models.ModelFamilies;
import dev.wta.models.ModelFamily;
import dev.wta.models.TestBackends;
import dev.wta.models.TestData;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KSparseTest {
  private static final int UNITS = 40;
  private static final int SAMPLES = 6;

  private final Backend backend = TestBackends.reference();

  @AfterEach
  void close() {
    backend.close();
  }

  private Model model(double alpha) {
    ModelFamily family = ModelFamilies.named("k-sparse");
    Map<String, Object> configuration = Map.of("hidden", UNITS, "k", 3, "alpha", alpha, "init", 1);
    return (Model)
        family.create(family.settings().parse(configuration), Shape.of(9), backend, Seed.of(1));
  }

  private float[][] encoded(Model model) {
    try (Tensor batch =
            backend.memory().of(Shape.of(SAMPLES, 9), TestData.normal("x", SAMPLES * 9));
        Tensor features = backend.memory().allocate(Shape.of(SAMPLES, UNITS))) {
      model.encodePrepared(batch, features);
      float[] all = backend.memory().download(features);
      float[][] rows = new float[SAMPLES][];
      Arrays.setAll(rows, n -> Arrays.copyOfRange(all, n * UNITS, (n + 1) * UNITS));
      return rows;
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 3", "2, 6", "1.5, 5", "0.1, 1"})
  void featuresAreTheLargestActivationsAsTheyAre(double alpha, int kept) {
    try (Model some = model(alpha);
        Model all = model(0)) {
      float[][] few = encoded(some);
      float[][] every = encoded(all);
      for (int n = 0; n < SAMPLES; n++) {
        float[] sorted = every[n].clone();
        Arrays.sort(sorted);
        float least = sorted[UNITS - kept];
        for (int u = 0; u < UNITS; u++) {
          assertThat(few[n][u]).isEqualTo(every[n][u] >= least ? every[n][u] : 0);
        }
      }
    }
  }

  @Test
  void moreThanThereAreIsAll() {
    try (Model many = model(100);
        Model all = model(0)) {
      assertThat(encoded(many)).isDeepEqualTo(encoded(all));
    }
  }
}
