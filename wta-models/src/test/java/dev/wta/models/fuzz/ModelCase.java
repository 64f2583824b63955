package dev.wta.models.fuzz;

import dev.wta.api.backend.Backend;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.data.Dataset;
import dev.wta.data.MemoryDataset;
import dev.wta.models.FeatureExtractor;
import dev.wta.models.Model;
import dev.wta.models.ModelFamilies;
import dev.wta.models.ModelFamily;
import dev.wta.models.TestData;
import dev.wta.models.settings.SettingsRecord;
import dev.wta.models.training.Trainer;
import dev.wta.models.training.TrainingSettings;
import java.util.Map;

/**
 * One random model, its training and its data, all of which follow from a family and a seed.
 *
 * @param settings of the model
 * @param training settings of some 20 steps; of a model that is trained by layer, its seed alone
 * @param data samples with labels 0, 1 and 2
 */
record ModelCase(
    ModelFamily family,
    long seed,
    SettingsRecord<?> settings,
    TrainingSettings training,
    Dataset data) {
  private static final int STEPS = 20;

  static ModelCase of(String name, long seed) {
    RandomChoices draws = RandomChoices.of(name, seed);
    RandomSettings random = new RandomSettings(draws);
    ModelFamily family = ModelFamilies.named(name);
    int batch = draws.size(1, 30);
    int stepsOfEpoch = draws.whole(1, 7);
    int samples = Math.max(3, batch * stepsOfEpoch - draws.whole(0, batch - 1));
    int epochs = Math.max(1, STEPS / Math.ceilDiv(samples, batch));
    Map<String, Object> training =
        family.trainsByLayer() ? Map.of() : random.training(name, batch, epochs);
    return new ModelCase(
        family,
        seed,
        family.settings().parse(random.of(name)),
        TrainingSettings.of(family).parse(training),
        data(draws, name, samples));
  }

  private static Dataset data(RandomChoices draws, String family, int samples) {
    Shape sample =
        family.equals("conv-wta")
            ? Shape.of(draws.whole(1, 3), draws.whole(2, 9), draws.whole(2, 9))
            : Shape.of(draws.size(1, 40));
    int size = (int) sample.size();
    float[] values = new float[samples * size];
    TestData.patterns(samples, sample).read(0, samples, values, 0);
    int[] labels = TestData.labels(samples);
    if (!draws.once(3)) { // noise besides, else many samples are much alike
      for (int i = 0; i < values.length; i++) {
        values[i] = (values[i] + draws.random().nextFloat()) / 2;
      }
    }
    return MemoryDataset.of("samples", sample, values, labels);
  }

  FeatureExtractor encoder(Backend backend) {
    return family.create(settings, data.sampleShape(), backend, Seed.of(seed));
  }

  Trainer trainer(FeatureExtractor encoder) {
    Trainer trainer = Trainer.of(encoder).data(data).settings(training).seed(Seed.of(seed));
    if (encoder instanceof Model model) {
      model.target().map(this::targets).ifPresent(trainer::target);
    }
    return trainer;
  }

  /** What a transcoder is to make of the data. */
  Dataset targets(Shape target) {
    return TestData.targets(data.size(), target);
  }

  /** What repeats this case and no other. */
  String command() {
    return "-Dwta.fuzz.models=1 -Dwta.fuzz.seed=%d -Dwta.fuzz.family=%s"
        .formatted(seed, family.name());
  }
}
