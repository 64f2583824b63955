package dev.wta.models.sae;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.api.op.Memory;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.data.Dataset;
import dev.wta.data.MemoryDataset;
import dev.wta.data.preprocessing.Preprocessing;
import dev.wta.models.FeatureExtractor;
import dev.wta.models.ForwardPass;
import dev.wta.models.Model;
import dev.wta.models.ModelFamilies;
import dev.wta.models.ModelFamily;
import dev.wta.models.Target;
import dev.wta.models.TestBackends;
import dev.wta.models.TestData;
import dev.wta.models.autodiff.Parameter;
import dev.wta.models.run.RunDirectory;
import dev.wta.models.run.metrics.Measurement;
import dev.wta.models.sae.init.GeometricMedian;
import dev.wta.models.training.Trainer;
import dev.wta.models.training.TrainingListener;
import dev.wta.models.training.TrainingSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What transcoders do with their targets; {@link TrainingOraclesTest} has their steps. */
class TranscoderTest {
  private static final int INPUTS = 9;
  private static final int OUTPUTS = 5;
  private static final int UNITS = 12;
  private static final int SAMPLES = 60;

  private final Backend backend = TestBackends.reference();
  private final Memory memory = backend.memory();

  @TempDir private Path directory;

  @AfterEach
  void close() {
    backend.close();
  }

  private Model model(String family, Object... settings) {
    Map<String, Object> all = new HashMap<>(Map.of("hidden", UNITS, "outputs", OUTPUTS));
    for (int i = 0; i < settings.length; i += 2) {
      all.put((String) settings[i], settings[i + 1]);
    }
    ModelFamily found = ModelFamilies.named(family);
    return (Model) found.create(found.settings().parse(all), Shape.of(INPUTS), backend, Seed.of(1));
  }

  private static Dataset samples() {
    return TestData.patterns(SAMPLES, Shape.of(INPUTS));
  }

  private static Dataset targets() {
    return TestData.targets(SAMPLES, Shape.of(OUTPUTS));
  }

  private static Dataset times(Dataset data, float factor) {
    float[] values = values(data);
    for (int i = 0; i < values.length; i++) {
      values[i] *= factor;
    }
    return MemoryDataset.of(data.name(), data.sampleShape(), values);
  }

  private static float[] values(Dataset data) {
    float[] values = new float[data.size() * (int) data.sampleShape().size()];
    data.read(0, data.size(), values, 0);
    return values;
  }

  private float[] values(Model model, String name) {
    return memory.download(
        model.parameters().stream()
            .filter(parameter -> parameter.name().equals(name))
            .findFirst()
            .orElseThrow()
            .value());
  }

  private static Trainer trainer(Model model, Dataset samples, Dataset targets) {
    return Trainer.of(model)
        .data(samples)
        .target(targets)
        .batch(20)
        .epochs(4)
        .logEvery(1)
        .warmup(0);
  }

  @Test
  void beginsAtTheTargetsCentreAndWithActivationsCentredAtTheSamples() {
    try (Model model = model("topk-transcoder", "k", 3)) {
      Preprocessing none = Preprocessing.none();
      model.beginTowards(samples(), none, new Target(targets(), none));
      double[] ofTargets = GeometricMedian.of(values(targets()), OUTPUTS);
      float[] centre = values(model, "decoder.bias");
      for (int j = 0; j < OUTPUTS; j++) {
        assertThat(centre[j]).isCloseTo((float) ofTargets[j], within(1e-6f));
      }
      double[] ofSamples = GeometricMedian.of(values(samples()), INPUTS);
      float[] weights = values(model, "encoder.weight");
      float[] biases = values(model, "encoder.bias");
      for (int u = 0; u < UNITS; u++) {
        double activation = biases[u];
        double squares = 0;
        for (int j = 0; j < INPUTS; j++) {
          activation += weights[u * INPUTS + j] * ofSamples[j];
          squares += weights[u * INPUTS + j] * weights[u * INPUTS + j];
        }
        assertThat(activation).isCloseTo(0, within(1e-6));
        assertThat(Math.sqrt(squares)).isCloseTo(0.1, within(1e-6));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"topk", "batch-topk", "matryoshka", "jumprelu", "gated", "standard", "multi-k"})
  void firstReconstructionsOfManyLatentsAreShort(String code) {
    Map<String, Object> wide = new HashMap<>(Map.of("hidden", 3000, "decoder-rows", "unit"));
    wide.put("outputs", OUTPUTS);
    ModelFamily family = ModelFamilies.named(code + "-transcoder");
    try (Model model =
        (Model)
            family.create(family.settings().parse(wide), Shape.of(INPUTS), backend, Seed.of(1))) {
      Preprocessing none = Preprocessing.none();
      model.beginTowards(samples(), none, new Target(targets(), none));
      float[] centre = values(model, "decoder.bias");
      double made = 0;
      double wanted = 0;
      model.preprocessWith(none);
      model.preprocessTargetsWith(none);
      try (ForwardPass pass = ForwardPass.of(model, samples()).towards(targets())) {
        pass.next();
        float[] reconstructions = pass.reconstructions().orElseThrow();
        for (int i = 0; i < SAMPLES * OUTPUTS; i++) {
          made += Math.pow(reconstructions[i] - centre[i % OUTPUTS], 2);
          wanted += Math.pow(pass.targets().orElseThrow()[i] - centre[i % OUTPUTS], 2);
        }
      }
      assertThat(Math.sqrt(made / wanted)).isLessThan(0.11);
    }
  }

  /** The units of samples and of targets are their files'. */
  @ParameterizedTest
  @ValueSource(strings = {"topk", "jumprelu", "gated", "standard"})
  void anyUnitsTrainAlike(String code) {
    List<Double> losses = losses(code, samples(), targets());
    List<Double> others = losses(code, times(samples(), 100), times(targets(), 0.01f));
    for (int i = 0; i < losses.size(); i++) {
      assertThat(others.get(i)).isCloseTo(losses.get(i), within(1e-2 * losses.get(i)));
    }
  }

  private List<Double> losses(String code, Dataset samples, Dataset targets) {
    List<Double> losses = new ArrayList<>();
    boolean counts = code.equals("topk");
    try (Model model =
        counts
            ? model("topk-transcoder", "k", 3, "skip", true)
            : model(code + "-transcoder", "skip", true)) {
      TrainingListener listener =
          new TrainingListener() {
            @Override
            public void measured(Measurement measurement) {
              losses.add(measurement.loss());
            }
          };
      trainer(model, samples, targets).listen(listener).train();
    }
    return losses;
  }

  @Test
  void aSkipConnectionLearnsWhatIsLinear() {
    float[] values = values(samples());
    float[] linear = new float[SAMPLES * OUTPUTS];
    for (int n = 0; n < SAMPLES; n++) {
      for (int o = 0; o < OUTPUTS; o++) {
        linear[n * OUTPUTS + o] = 2 * values[n * INPUTS + o] - values[n * INPUTS + o + 1];
      }
    }
    Dataset targets = MemoryDataset.of("linear", Shape.of(OUTPUTS), linear);
    try (Model model = model("topk-transcoder", "k", 1, "skip", true)) {
      double explained =
          trainer(model, samples(), targets)
              .epochs(400)
              .train()
              .last()
              .orElseThrow()
              .metrics()
              .get("explainedVariance");
      assertThat(explained).isGreaterThan(0.98);
    }
  }

  @Test
  void aRunKeepsWhatTargetsWentThrough() {
    TrainingSettings settings =
        TrainingSettings.of(ModelFamilies.named("topk-transcoder"))
            .parse(Map.of("target-preprocess", "center", "preprocess", "center", "epochs", 2));
    try (Model model = model("topk-transcoder", "k", 3, "skip", true)) {
      Trainer.of(model)
          .settings(settings)
          .data(samples())
          .target(targets())
          .to(directory.resolve("run"))
          .train();
      RunDirectory run = RunDirectory.open(directory.resolve("run"));
      assertThat(run.config().target()).containsEntry("digest", targets().digest());
      try (Model loaded = run.loadModel(backend)) {
        assertThat(loaded.target()).contains(Shape.of(OUTPUTS));
        assertThat(loaded.filterShape()).isEqualTo(Shape.of(OUTPUTS));
        assertThat(loaded.targetPreprocessing().orElseThrow().tensors().get("mean"))
            .isEqualTo(Preprocessing.fit(List.of("center"), targets()).tensors().get("mean"));
        assertThat(loaded.preprocessing().orElseThrow().tensors().get("mean"))
            .isEqualTo(Preprocessing.fit(List.of("center"), samples()).tensors().get("mean"));
        assertThat(reconstructed(loaded)).isEqualTo(reconstructed(model));
      }
      assertThatExceptionOfType(WtaException.class)
          .isThrownBy(
              () ->
                  Trainer.of(model)
                      .settings(settings)
                      .data(samples())
                      .target(times(targets(), 2))
                      .to(directory.resolve("run"))
                      .resume()
                      .train())
          .withMessageContaining("the target's digest");
    }
  }

  private float[] reconstructed(Model model) {
    try (Tensor x = memory.of(Shape.of(SAMPLES, INPUTS), values(samples()));
        Tensor out = memory.allocate(Shape.of(SAMPLES, OUTPUTS))) {
      model.reconstruct(x, out);
      return memory.download(out);
    }
  }

  @Test
  void samplesHeldOutAreJudgedByTheirTargets() {
    List<Double> errors = new ArrayList<>();
    try (Model model = model("standard-transcoder", "skip", true, "sparsity", 0)) {
      trainer(model, samples(), targets())
          .heldOut(3)
          .epochs(100)
          .listen(
              new TrainingListener() {
                @Override
                public void validated(double error, dev.wta.models.run.BestEpoch best) {
                  errors.add(error);
                }
              })
          .train();
    }
    assertThat(errors).hasSizeGreaterThan(10);
    assertThat(errors.getFirst()).isBetween(0.5, 1.5);
    assertThat(errors.getLast()).isLessThan(0.2); // three patterns, and some noise
  }

  private void refused(Trainer trainer, String message) {
    assertThatExceptionOfType(WtaException.class)
        .isThrownBy(trainer::train)
        .withMessageContaining(message);
  }

  @Test
  void whatDoesNotGoTogetherIsRefused() {
    try (Model model = model("topk-transcoder", "k", 3)) {
      refused(Trainer.of(model).data(samples()), "reconstructs a target, and none was given");
      Dataset few = TestData.targets(SAMPLES - 1, Shape.of(OUTPUTS));
      refused(trainer(model, samples(), few), "targets has 59 rows, and patterns has 60");
      Dataset wide = TestData.targets(SAMPLES, Shape.of(OUTPUTS + 1));
      refused(trainer(model, samples(), wide), "targets of shape 6, and the model makes 5");
      float[] broken = values(targets());
      broken[17 * OUTPUTS + 2] = Float.NaN;
      Dataset nan = MemoryDataset.of("broken", Shape.of(OUTPUTS), broken);
      refused(trainer(model, samples(), nan), "row 17");
    }
    ModelFamily topk = ModelFamilies.named("topk");
    try (FeatureExtractor model =
        topk.create(
            topk.settings().parse(Map.of("hidden", UNITS, "k", 3)),
            Shape.of(INPUTS),
            backend,
            Seed.of(1))) {
      refused(trainer((Model) model, samples(), targets()), "topk reconstructs its samples");
    }
    ModelFamily transcoder = ModelFamilies.named("topk-transcoder");
    assertThatExceptionOfType(WtaException.class)
        .isThrownBy(
            () ->
                transcoder.create(
                    transcoder.settings().parse(Map.of()), Shape.of(INPUTS), backend, Seed.of(1)))
        .withMessageContaining("reconstructs a target, and there is none")
        .withMessageContaining("--target");
    Map<String, Object> layer = Map.of("model", "topk-transcoder", "outputs", 3);
    assertThatExceptionOfType(WtaException.class)
        .isThrownBy(
            () -> ModelFamilies.named("stacked").settings().parse(Map.of("layers", List.of(layer))))
        .withMessageContaining("a layer of a stack has none");
  }

  @Test
  void withoutTargetsAPassHasNothingToCompareWith() {
    try (Model model = model("topk-transcoder", "k", 3);
        ForwardPass pass = ForwardPass.of(model, samples())) {
      pass.next();
      assertThat(pass.targets()).isEmpty();
      assertThat(pass.reconstructions()).isPresent();
    }
  }

  @Test
  void typedSettingsMakeTheSameModel() {
    TranscoderSettings<TopKSae.Settings> settings =
        TranscoderSettings.of(TopKSae.Settings.DEFAULTS.hidden(UNITS).k(3), Shape.of(OUTPUTS))
            .skip(true);
    try (Model typed = settings.on(INPUTS, backend, Seed.of(1));
        Model named = model("topk-transcoder", "k", 3, "skip", true)) {
      assertThat(typed.settings()).isEqualTo(named.settings());
      assertThat(typed.parameters().stream().map(Parameter::name))
          .contains("skip.weight", "input.variance");
      assertThat(memory.download(typed.decoderFilters()))
          .isEqualTo(values(named, "decoder.weight"));
    }
  }
}
