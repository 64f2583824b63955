package dev.wta.models.sae;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.wta.api.backend.Backend;
import dev.wta.api.random.Philox;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.data.Dataset;
import dev.wta.data.MemoryDataset;
import dev.wta.models.Features;
import dev.wta.models.Model;
import dev.wta.models.ModelFamilies;
import dev.wta.models.ModelFamily;
import dev.wta.models.TestBackends;
import dev.wta.models.TestData;
import dev.wta.models.run.RunDirectory;
import dev.wta.models.run.metrics.Measurement;
import dev.wta.models.training.Trainer;
import dev.wta.models.training.TrainingListener;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How trainings of the sparse autoencoders go with the settings that they have by themselves. */
class SaeTrainingTest {
  private static final int INPUTS = 24;
  private static final int SAMPLES = 2000;
  private static final int DIRECTIONS = 48;
  private static final int ACTIVE = 4;

  /** Samples that are sums of a few directions, in any unit, as activations of a network are. */
  private static Dataset mixtures(float scale) {
    float[] directions = TestData.normal("directions", DIRECTIONS * INPUTS);
    Philox draws = Seed.of(7).stream("mixtures");
    float[] values = new float[SAMPLES * INPUTS];
    for (int n = 0; n < SAMPLES; n++) {
      for (int a = 0; a < ACTIVE; a++) {
        int direction = draws.below(DIRECTIONS, n * ACTIVE + a);
        for (int j = 0; j < INPUTS; j++) {
          values[n * INPUTS + j] += scale * (1 + a) * directions[direction * INPUTS + j];
        }
      }
    }
    return MemoryDataset.of("mixtures", Shape.of(INPUTS), values);
  }

  private static Model model(Backend backend, String family, Map<String, Object> settings) {
    ModelFamily found = ModelFamilies.named(family);
    return (Model)
        found.create(found.settings().parse(settings), Shape.of(INPUTS), backend, Seed.of(1));
  }

  /** What a training logs after each step, or after a few. */
  private static List<Measurement> train(
      String family, Map<String, Object> settings, Dataset data, int batch, int epochs, int every) {
    List<Measurement> measurements = new ArrayList<>();
    try (Backend backend = TestBackends.open("cpu", 2);
        Model model = model(backend, family, settings)) {
      Trainer.of(model)
          .data(data)
          .batch(batch)
          .epochs(epochs)
          .logEvery(every)
          .listen(
              new TrainingListener() {
                @Override
                public void measured(Measurement measurement) {
                  measurements.add(measurement);
                }
              })
          .train();
    }
    return measurements;
  }

  private static Map<String, Object> settings(String family, int hidden) {
    Map<String, Object> settings = new HashMap<>(Map.of("hidden", hidden, "dead-after", 500));
    if (ModelFamilies.named(family).settings().find("k").isPresent()) {
      settings.put("k", 6);
    }
    return settings;
  }

  @ParameterizedTest
  @ValueSource(strings = {"topk", "batch-topk", "matryoshka", "jumprelu", "gated", "standard"})
  void theUnitOfInputsDoesNotMatter(String family) {
    List<Measurement> ones = train(family, settings(family, 96), mixtures(1), 40, 2, 10);
    for (float scale : new float[] {0.01f, 100}) {
      List<Measurement> scaled = train(family, settings(family, 96), mixtures(scale), 40, 2, 10);
      for (int i = 0; i < ones.size(); i++) {
        double loss = ones.get(i).loss();
        assertThat(scaled.get(i).loss())
            .as("%s times %s, step %d", family, scale, ones.get(i).step())
            .isCloseTo(loss, within(0.01 * loss));
      }
    }
    double first = ones.getFirst().metrics().get("explainedVariance");
    double last = ones.getLast().metrics().get("explainedVariance");
    assertThat(last).as("it learns").isGreaterThan(first);
  }

  /** With 32 latents an input, as in 24,576 of 768, more overlap than reconstructions can bear. */
  @ParameterizedTest
  @ValueSource(strings = {"topk", "batch-topk", "matryoshka", "jumprelu", "gated", "standard"})
  void firstStepsAreBetterThanTheMeanHoweverManyLatentsThereAre(String family) {
    for (String rows : new String[] {"weighted", "unit"}) {
      Map<String, Object> settings = settings(family, 32 * INPUTS);
      settings.put("decoder-rows", rows);
      settings.put("sparsity-warmup", 1000);
      settings.keySet().removeIf(key -> ModelFamilies.named(family).settings().find(key).isEmpty());
      for (Measurement measurement : train(family, settings, mixtures(1), 400, 8, 1)) {
        assertThat(measurement.metrics().get("explainedVariance"))
            .as("%s, %s rows, step %d", family, rows, measurement.step())
            .isGreaterThan(0);
      }
    }
  }

  /** An older run keeps the settings it was written with, whatever the defaults are now. */
  @ParameterizedTest
  @ValueSource(strings = {"topk", "batch-topk", "matryoshka", "jumprelu", "gated"})
  void aRunOfBeforeTheseSettingsStillEncodes(String family, @TempDir Path directory)
      throws IOException {
    Map<String, Object> settings = settings(family, 30);
    ModelFamily found = ModelFamilies.named(family);
    settings.putAll(found.earlierSettings());
    Dataset data = mixtures(1);
    try (Backend backend = TestBackends.reference();
        Model model = model(backend, family, settings)) {
      Trainer.of(model).data(data).batch(100).epochs(1).to(directory).train();
      ObjectMapper json = new ObjectMapper();
      Path file = directory.resolve("config.json");
      ObjectNode config = (ObjectNode) json.readTree(file.toFile());
      for (String key : found.earlierSettings().keySet()) {
        ((ObjectNode) config.get("model")).remove(key);
      }
      ((ObjectNode) config.get("training")).remove("clip");
      config.remove("crc32c");
      json.writeValue(file.toFile(), config);
      try (Model loaded = RunDirectory.open(directory).loadModel(backend);
          Features before = model.encode(data);
          Features after = loaded.encode(data)) {
        assertThat(loaded.settings()).isEqualTo(model.settings());
        assertThat(backend.memory().download(after.values()))
            .isEqualTo(backend.memory().download(before.values()));
      }
    }
  }

  /** The quadratic loss is what lets a user ask for so many active latents. */
  @Test
  void activeLatentsApproachTheirTarget() {
    Map<String, Object> settings = settings("jumprelu", 96);
    settings.putAll(Map.of("sparsity-loss", "quadratic", "target-l0", 6, "sparsity-warmup", 10));
    settings.put("sparsity", 0.01);
    List<Measurement> measurements = train("jumprelu", settings, mixtures(1), 40, 60, 10);
    assertThat(measurements.getFirst().metrics().get("l0")).isGreaterThan(20);
    assertThat(measurements.getLast().metrics().get("l0")).isBetween(5.0, 9.0);
  }
}
