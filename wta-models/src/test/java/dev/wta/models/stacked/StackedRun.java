package dev.wta.models.stacked;

import dev.wta.api.backend.Backend;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.data.Dataset;
import dev.wta.models.FeatureExtractor;
import dev.wta.models.Features;
import dev.wta.models.ModelFamilies;
import dev.wta.models.TestData;
import dev.wta.models.training.Trainer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A small stack, and how it is trained.
 *
 * @param layers as a configuration gives them
 */
record StackedRun(Shape sample, List<Map<String, Object>> layers) {
  static final int SAMPLES = 50;

  /** Two fully-connected layers, the second on centred features. */
  static StackedRun flat() {
    return new StackedRun(
        Shape.of(12),
        List.of(
            Map.of("model", "fc-wta", "hidden", 9, "lifetime", 0.3, "preprocess", "scale"),
            Map.of("model", "fc-wta", "hidden", 5, "tied", false, "preprocess", "center")));
  }

  /** Two convolutional layers. */
  static StackedRun maps() {
    return new StackedRun(
        Shape.of(1, 9, 8),
        List.of(
            Map.of("model", "conv-wta", "layers", "4conv3-3conv3-3deconv5", "pool", "3/2"),
            Map.of("model", "conv-wta", "layers", "6conv3-6deconv3", "pool", "2/2")));
  }

  /** A fully-connected layer on two convolutional ones. */
  static StackedRun mixed() {
    List<Map<String, Object>> layers = new ArrayList<>(maps().layers());
    layers.add(Map.of("model", "fc-wta", "hidden", 7, "schedule", "constant"));
    return new StackedRun(maps().sample, layers);
  }

  /** The same with one setting of a layer, from 1, changed. */
  StackedRun with(int layer, String key, Object value) {
    List<Map<String, Object>> changed = new ArrayList<>(layers);
    Map<String, Object> one = new LinkedHashMap<>(layers.get(layer - 1));
    one.put(key, value);
    changed.set(layer - 1, one);
    return new StackedRun(sample, changed);
  }

  Dataset data() {
    return TestData.samples(SAMPLES, sample);
  }

  FeatureExtractor encoder(Backend backend) {
    List<Map<String, Object>> shortened = new ArrayList<>();
    for (Map<String, Object> layer : layers) {
      Map<String, Object> one = new LinkedHashMap<>(Map.of("batch", 10, "epochs", 2));
      one.putAll(Map.of("checkpoint-every", 4, "log-every", 3));
      one.putAll(layer);
      shortened.add(one);
    }
    return ModelFamilies.named("stacked")
        .create(
            Stacked.FAMILY.settings().parse(Map.of("layers", shortened)),
            sample,
            backend,
            Seed.of(1));
  }

  /** Trains it as {@code how} says. */
  void train(Backend backend, Path directory, Consumer<Trainer> how) {
    try (FeatureExtractor encoder = encoder(backend)) {
      Trainer trainer = Trainer.of(encoder).data(data()).seed(Seed.of(1)).to(directory);
      how.accept(trainer);
      trainer.train();
    }
  }

  float[] encoded(FeatureExtractor encoder, Dataset data) {
    try (Features features = encoder.encode(data)) {
      return encoder.backend().memory().download(features.values());
    }
  }
}
