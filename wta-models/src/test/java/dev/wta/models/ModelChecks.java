package dev.wta.models;

import static dev.wta.models.StoppedRuns.assertSameBits;
import static dev.wta.models.StoppedRuns.stopAfter;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.data.Dataset;
import dev.wta.data.MemoryDataset;
import dev.wta.models.autodiff.GradientCheck;
import dev.wta.models.autodiff.Tape;
import dev.wta.models.run.RunDirectory;
import dev.wta.models.run.metrics.Measurement;
import dev.wta.models.training.Trainer;
import dev.wta.models.training.TrainingListener;
import dev.wta.models.training.TrainingResult;
import dev.wta.models.training.TrainingSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;

/**
 * What any model must do, one named check a method: a family is put through all of them by {@link
 * ModelChecksTest} on each backend.
 *
 * @param configuration settings that make a small model of it
 * @param sample the shape of its samples
 */
record ModelChecks(
    ModelFamily family, Map<String, Object> configuration, Shape sample, String backendName) {

  /** A check and what it is called. */
  interface Check {
    void run(ModelChecks checks, Path directory) throws Exception;
  }

  static final Map<String, Check> ALL =
      Map.ofEntries(
          Map.entry("gradients agree with finite differences", ModelChecks::gradients),
          Map.entry("learns", ModelChecks::learns),
          Map.entry("one sample", ModelChecks::oneSample),
          Map.entry("one feature", ModelChecks::oneFeature),
          Map.entry("NaN is refused", ModelChecks::nanRefused),
          Map.entry("another shape is refused", ModelChecks::shapeRefused),
          Map.entry("same seed, same bits", ModelChecks::sameSeed),
          Map.entry("same bits for any number of threads", ModelChecks::threads),
          Map.entry("different seed, different weights", ModelChecks::differentSeed),
          Map.entry("saved and loaded, it encodes the same", ModelChecks::saveAndLoad),
          Map.entry("stopped and resumed, it ends the same", ModelChecks::resume),
          Map.entry("short last batch", ModelChecks::shortLastBatch),
          Map.entry("encoding does not depend on the company", ModelChecks::encodingAlone),
          Map.entry("all memory comes back", ModelChecks::memory));

  /**
   * Those whose step follows no gradient of its loss, or not quite, or whose weights begin at kinks
   * of it. A class of their own compares their steps with an independent implementation.
   */
  private static final Set<String> NO_GRADIENT =
      Set.of("wta-rbm", "roae", "drsae", "jumprelu", "gated", "standard");

  /** What falls in those whose loss does not, or has a term more after a while. */
  private static final Map<String, String> MEASURES =
      Map.of("wta-rbm", "reconstructionError", "drsae", "reconstructionError");

  /** Those that are about a model that is trained as a whole; its layers pass them on their own. */
  static final Set<String> OF_WHOLE_MODELS =
      Set.of(
          "gradients agree with finite differences",
          "learns",
          "one sample",
          "stopped and resumed, it ends the same",
          "short last batch",
          "all memory comes back");

  private Backend backend() {
    return TestBackends.open(backendName, 1);
  }

  private FeatureExtractor model(Backend backend, long seed) {
    return model(backend, sample, seed);
  }

  private FeatureExtractor model(Backend backend, Shape shape, long seed) {
    return family.create(family.settings().parse(configuration), shape, backend, Seed.of(seed));
  }

  private Dataset data(int samples) {
    return TestData.samples(samples, sample);
  }

  static Trainer trainer(FeatureExtractor model, Dataset data) {
    Trainer trainer = Trainer.of(model).data(data);
    if (model instanceof Classifier) { // the second epoch sees labels, of all samples
      Map<String, Object> stages = Map.of("pretraining", 1, "held-out", 0);
      trainer.settings(TrainingSettings.of(ModelFamilies.named(model.family())).parse(stages));
    }
    if (model instanceof Model whole) {
      whole.target().ifPresent(target -> trainer.target(TestData.targets(data.size(), target)));
    }
    return model.layers().isEmpty()
        ? trainer.batch(10).epochs(2).logEvery(3).warmup(0) // these trainings are over before
        : trainer;
  }

  private void gradients(Path directory) {
    assumeThat(NO_GRADIENT)
        .as("has tests of its own")
        .doesNotContain(family.name().replace("-transcoder", ""));
    try (Backend backend = backend();
        FeatureExtractor model = model(backend, 1);
        Tensor batch =
            backend
                .memory()
                .of(sample.batch(8), TestData.uniform("check", 8 * (int) sample.size()))) {
      GradientCheck.check(
          backend, model.parameters(), tape -> step((Model) model, tape, batch).loss());
    }
  }

  private static StepOutput step(Model model, Tape tape, Tensor batch) {
    if (model.target().isEmpty()) {
      return model.step(tape, batch);
    }
    Shape targets = model.target().get().batch(batch.shape().rows());
    Tensor target = tape.temporary(targets);
    float[] values = TestData.normal("targets", (int) targets.size());
    model.backend().memory().upload(values, 0, target);
    return model.stepTowards(tape, batch, target);
  }

  private void learns(Path directory) {
    try (Backend backend = backend();
        FeatureExtractor model = model(backend, 1)) {
      double[] losses = new double[2];
      TrainingListener listener =
          new TrainingListener() {
            @Override
            public void measured(Measurement measurement) {
              losses[measurement.step() == 1 ? 0 : 1] = measure(measurement);
            }
          };
      trainer(model, TestData.patterns(50, sample)).epochs(40).logEvery(1).listen(listener).train();
      assertThat(losses[1]).isLessThan(losses[0] * 0.8);
    }
  }

  private double measure(Measurement measurement) {
    String name = MEASURES.get(family.name());
    return name == null ? measurement.loss() : measurement.metrics().get(name);
  }

  private void oneSample(Path directory) {
    try (Backend backend = backend();
        FeatureExtractor model = model(backend, 1)) {
      Dataset one = data(1);
      TrainingResult run = trainer(model, one).train();
      assertThat(run.steps()).isEqualTo(2);
      assertFinite(encoded(model, one), model.features());
    }
  }

  private void oneFeature(Path directory) {
    Shape single = Shape.of(IntStream.range(0, sample.rank()).map(axis -> 1).toArray());
    try (Backend backend = backend();
        FeatureExtractor model = model(backend, single, 1)) {
      Dataset narrow = TestData.samples(20, single);
      trainer(model, narrow).train();
      assertFinite(encoded(model, narrow), 20 * model.features());
    }
  }

  private void nanRefused(Path directory) {
    int size = (int) sample.size();
    float[] values = TestData.uniform("nan", 30 * size);
    values[17 * size + 3] = Float.NaN;
    Dataset data = MemoryDataset.of("bad.arrow", sample, values, TestData.labels(30));
    try (Backend backend = backend();
        FeatureExtractor model = model(backend, 1)) {
      Trainer trainer = trainer(model, data).to(directory.resolve("run"));
      assertThatThrownBy(trainer::train)
          .isInstanceOf(WtaException.class)
          .hasMessageContaining("bad.arrow")
          .hasMessageContaining("row 17");
    }
  }

  private void shapeRefused(Path directory) {
    int[] extents = sample.extents();
    extents[extents.length - 1]++;
    Shape another = Shape.of(extents);
    try (Backend backend = backend();
        FeatureExtractor model = model(backend, 1)) {
      Dataset wide = TestData.samples(20, another);
      assertThatThrownBy(() -> trainer(model, wide).train())
          .isInstanceOf(WtaException.class)
          .hasMessageContaining(another.toString())
          .hasMessageContaining(sample.toString());
      assertThatThrownBy(() -> model.encode(wide)).isInstanceOf(WtaException.class);
    }
  }

  private void sameSeed(Path directory) throws IOException {
    assertThat(train(directory.resolve("a"), 1, 1)).isEqualTo(train(directory.resolve("b"), 1, 1));
  }

  private void threads(Path directory) throws IOException {
    assertThat(train(directory.resolve("one"), 1, 1))
        .isEqualTo(train(directory.resolve("two"), 1, 2));
  }

  private void differentSeed(Path directory) throws IOException {
    assertThat(train(directory.resolve("a"), 1, 1))
        .isNotEqualTo(train(directory.resolve("b"), 2, 1));
  }

  /** The bytes of the trained parameters. */
  private byte[] train(Path run, long seed, int threads) throws IOException {
    try (Backend backend = TestBackends.open(backendName, threads);
        FeatureExtractor model = model(backend, seed)) {
      trainer(model, data(57)).seed(Seed.of(seed)).to(run).train();
    }
    boolean whole = Files.exists(run.resolve("model.safetensors"));
    return Files.readAllBytes((whole ? run : run.resolve("layers/2")).resolve("model.safetensors"));
  }

  private void saveAndLoad(Path directory) {
    Dataset data = data(33);
    try (Backend backend = backend();
        FeatureExtractor model = model(backend, 1)) {
      trainer(model, data).to(directory).train();
      try (FeatureExtractor loaded = RunDirectory.open(directory).load(backend)) {
        assertThat(loaded.family()).isEqualTo(model.family());
        assertThat(loaded.settings()).isEqualTo(model.settings());
        assertThat(encoded(loaded, data)).isEqualTo(encoded(model, data));
        assertThat(backend.memory().download(loaded.decoderFilters()))
            .isEqualTo(backend.memory().download(model.decoderFilters()));
      }
    }
  }

  private void resume(Path directory) throws IOException {
    Path straight = directory.resolve("straight");
    Path halting = directory.resolve("halting");
    train(straight, 1, 1);
    Dataset data = data(57);
    for (int stopAt : new int[] {2, 4, 9, 99}) { // in mid-epoch, and in the second one
      try (Backend backend = backend();
          FeatureExtractor model = model(backend, 1)) {
        Trainer trainer = trainer(model, data).seed(Seed.of(1)).to(halting).resume(stopAt > 2);
        stopAfter(stopAt, trainer);
        TrainingResult.Status expected =
            stopAt == 99 ? TrainingResult.Status.FINISHED : TrainingResult.Status.STOPPED;
        assertThat(trainer.train().status()).isEqualTo(expected);
      }
    }
    assertSameBits(halting, straight);
  }

  private void shortLastBatch(Path directory) {
    try (Backend backend = backend();
        FeatureExtractor model = model(backend, 1)) {
      TrainingResult run = trainer(model, data(21)).train();
      assertThat(run.steps()).isEqualTo(6);
      assertThat(run.last().orElseThrow().loss()).isFinite();
    }
  }

  /** With the competition off, a sample's features depend on the sample alone. */
  private void encodingAlone(Path directory) {
    try (Backend backend = backend();
        FeatureExtractor model = model(backend, 1)) {
      Dataset data = data(30);
      float[] together = encoded(model, data);
      float[] alone = encoded(model, data.range(11, 1));
      int width = model.features();
      for (int i = 0; i < width; i++) {
        assertThat(alone[i]).isCloseTo(together[11 * width + i], Offset.offset(1e-5f));
      }
    }
  }

  private void memory(Path directory) {
    CountingMemory.CountedBackend counted = new CountingMemory.CountedBackend(backend());
    try (Backend backend = counted) {
      int afterTwoEpochs;
      try (FeatureExtractor model = model(backend, 1)) {
        Dataset data = data(21);
        trainer(model, data).train();
        int before = counted.memory().allocated();
        trainer(model, data).train();
        afterTwoEpochs = counted.memory().allocated() - before;
        trainer(model, data).epochs(20).train();
        assertThat(counted.memory().allocated() - before - afterTwoEpochs)
            .as("what 20 epochs allocate, against 2")
            .isEqualTo(afterTwoEpochs);
        model.encode(data).close();
      }
      assertThat(counted.memory().open()).isZero();
    }
  }

  private static float[] encoded(FeatureExtractor model, Dataset data) {
    try (Features features = model.encode(data)) {
      assertThat(features.samples()).isEqualTo(data.size());
      assertThat(features.width()).isEqualTo(model.features());
      return model.backend().memory().download(features.values());
    }
  }

  private static void assertFinite(float[] values, int count) {
    assertThat(values).hasSize(count);
    for (float value : values) {
      assertThat(value).isFinite();
    }
  }
}
