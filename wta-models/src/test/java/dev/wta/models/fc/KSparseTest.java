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
import dev.wta.models.run.metrics.Measurement;
import dev.wta.models.training.Trainer;
import dev.wta.models.training.TrainingListener;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
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
  void keepsFewerActivationsFromStepToStep() {
    KSparse.Settings falling = KSparse.Settings.DEFAULTS.k(3).falling(11, 4);
    assertThat(IntStream.range(0, 6).map(falling::keptAt)).containsExactly(11, 9, 7, 5, 3, 3);
    assertThat(falling.keptAt(1L << 40)).isEqualTo(3);
    assertThat(KSparse.Settings.DEFAULTS.k(3).keptAt(0)).isEqualTo(3);

    KSparse.Settings settings = KSparse.Settings.DEFAULTS.hidden(UNITS).falling(11, 2).k(3);
    try (Model model = settings.on(Shape.of(9), backend, Seed.of(1))) {
      List<Double> active = new ArrayList<>();
      Trainer.of(model)
          .data(TestData.samples(20, Shape.of(9)))
          .batch(5)
          .epochs(1)
          .logEvery(1)
          .listen(
              new TrainingListener() {
                @Override
                public void measured(Measurement measurement) {
                  active.add(measurement.winnersPerSample().orElseThrow());
                }
              })
          .train();
      assertThat(active).hasSize(4);
      assertThat(active.get(0)).isGreaterThan(active.get(2));
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
