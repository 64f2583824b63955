package dev.wta.models.sae;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wta.api.backend.Backend;
import dev.wta.api.random.Philox;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.data.Dataset;
import dev.wta.data.MemoryDataset;
import dev.wta.models.Model;
import dev.wta.models.ModelFamilies;
import dev.wta.models.ModelFamily;
import dev.wta.models.TestBackends;
import dev.wta.models.run.metrics.Measurement;
import dev.wta.models.training.Trainer;
import dev.wta.models.training.TrainingListener;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Trainings with the settings of the families on sums of known directions, of the sizes that people
 * train. Each prints a row of a table of docs/results/relatives.md.
 */
@Tag("slow")
class DictionaryRecoveryTest {
  private static final int ACTIVE = 10;

  /** Unit directions, {@code (count, inputs)}. */
  private static float[] directions(int count, int inputs) {
    Philox normal = Seed.of(7).stream("directions");
    float[] directions = new float[count * inputs];
    for (int d = 0; d < count; d++) {
      double squares = 0;
      for (int i = d * inputs; i < (d + 1) * inputs; i++) {
        directions[i] = normal.normal(i);
        squares += directions[i] * directions[i];
      }
      for (int i = d * inputs; i < (d + 1) * inputs; i++) {
        directions[i] /= (float) Math.sqrt(squares);
      }
    }
    return directions;
  }

  /** Sums of ten directions each, with coefficients from 0.5 to 1.5. */
  private static Dataset mixtures(float[] directions, int inputs, int samples) {
    Philox choices = Seed.of(3).stream("which");
    Philox coefficients = Seed.of(3).stream("how");
    float[] values = new float[samples * inputs];
    for (int n = 0; n < samples; n++) {
      Set<Integer> chosen = new HashSet<>();
      for (long next = n * 64L; chosen.size() < ACTIVE; next++) {
        int direction = choices.below(directions.length / inputs, next);
        if (chosen.add(direction)) {
          float coefficient = 0.5f + coefficients.uniform((long) n * ACTIVE + chosen.size() - 1);
          for (int j = 0; j < inputs; j++) {
            values[n * inputs + j] += coefficient * directions[direction * inputs + j];
          }
        }
      }
    }
    return MemoryDataset.of("mixtures", Shape.of(inputs), values);
  }

  private static Model model(Backend backend, String name, int inputs, Map<String, Object> wanted) {
    ModelFamily family = ModelFamilies.named(name);
    Map<String, Object> settings = new HashMap<>(wanted);
    settings.keySet().removeIf(key -> family.settings().find(key).isEmpty());
    return (Model)
        family.create(family.settings().parse(settings), Shape.of(inputs), backend, Seed.of(1));
  }

  /** The largest cosine of each direction with a row of the decoder. */
  private static double[] largestCosines(float[] directions, Model model, int inputs) {
    float[] rows = model.backend().memory().download(model.decoderFilters());
    double[] largest = new double[directions.length / inputs];
    for (int unit = 0; unit < model.units(); unit++) {
      double squares = 0;
      for (int i = unit * inputs; i < (unit + 1) * inputs; i++) {
        squares += (double) rows[i] * rows[i];
      }
      for (int d = 0; d < largest.length; d++) {
        double product = 0;
        for (int j = 0; j < inputs; j++) {
          product += (double) rows[unit * inputs + j] * directions[d * inputs + j];
        }
        largest[d] = Math.max(largest[d], product / Math.sqrt(squares));
      }
    }
    return largest;
  }

  @ParameterizedTest
  @ValueSource(strings = {"topk", "batch-topk", "matryoshka", "jumprelu", "gated", "standard"})
  void trueDirectionsAreRecovered(String family) {
    int inputs = 256;
    float[] directions = directions(512, inputs);
    Map<String, Object> settings = Map.of("hidden", 1024, "k", ACTIVE, "target-l0", ACTIVE);
    try (Backend backend = TestBackends.open("cpu", 2);
        Model model = model(backend, family, inputs, settings)) {
      Trainer.of(model).data(mixtures(directions, inputs, 50_000)).batch(256).epochs(20).train();
      double[] cosines = largestCosines(directions, model, inputs);
      double mean = Arrays.stream(cosines).average().orElseThrow();
      System.out.printf(
          "| `%s` | %.4f | %.3f | %d |%n",
          family,
          mean,
          Arrays.stream(cosines).min().orElseThrow(),
          Arrays.stream(cosines).filter(cosine -> cosine > 0.95).count());
      assertThat(mean).as("mean of the largest cosines").isGreaterThanOrEqualTo(0.99);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"topk", "batch-topk", "matryoshka", "jumprelu", "gated", "standard"})
  void firstStepsOfALargeExpansionAreBetterThanTheMean(String family) {
    int inputs = 768;
    float[] directions = directions(2048, inputs);
    List<Double> explained = new ArrayList<>();
    try (Backend backend = TestBackends.open("cpu", 2);
        Model model = model(backend, family, inputs, Map.of("hidden", 24_576))) {
      Trainer.of(model)
          .data(mixtures(directions, inputs, 12_800))
          .batch(128)
          .epochs(1)
          .logEvery(1)
          .listen(
              new TrainingListener() {
                @Override
                public void measured(Measurement measurement) {
                  explained.add(measurement.metrics().get("explainedVariance"));
                }
              })
          .train();
    }
    double lowest = explained.stream().mapToDouble(value -> value).min().orElseThrow();
    System.out.printf("| `%s` | %.4f | %.3f |%n", family, lowest, explained.getLast());
    assertThat(explained).hasSize(100);
    assertThat(lowest).isGreaterThan(0);
  }
}
