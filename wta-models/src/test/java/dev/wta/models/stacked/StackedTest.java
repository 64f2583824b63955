package dev.wta.models.stacked;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.data.Dataset;
import dev.wta.data.MemoryDataset;
import dev.wta.models.FeatureExtractor;
import dev.wta.models.Model;
import dev.wta.models.ModelFamilies;
import dev.wta.models.ModelFamily;
import dev.wta.models.Pooling;
import dev.wta.models.TestBackends;
import dev.wta.models.autodiff.Parameter;
import dev.wta.models.conv.ConvWta;
import dev.wta.models.fc.FcWta;
import dev.wta.models.run.RunDirectory;
import dev.wta.models.sae.TopKSae;
import dev.wta.models.sae.TranscoderSettings;
import dev.wta.models.training.Trainer;
import dev.wta.models.training.TrainingSettings;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class StackedTest {
  @TempDir private Path directory;

  private final Backend backend = TestBackends.open("cpu", 1);

  @AfterEach
  void close() {
    backend.close();
  }

  static Stream<StackedRun> stacks() {
    return Stream.of(StackedRun.flat(), StackedRun.maps(), StackedRun.mixed());
  }

  /** Each layer's run is read on its own here, and its features go to the next by hand. */
  @ParameterizedTest
  @MethodSource("stacks")
  void featuresAreThoseOfEachLayerOnTheFeaturesBelow(StackedRun stack) {
    stack.train(backend, directory, trainer -> {});
    Dataset data = stack.data();
    float[] features = {};
    for (RunDirectory layer : RunDirectory.open(directory).layers()) {
      try (Model model = layer.loadModel(backend)) {
        features = stack.encoded(model, data);
        data = MemoryDataset.of("features", model.featureShape(), features);
      }
    }
    try (FeatureExtractor loaded = RunDirectory.open(directory).load(backend)) {
      assertThat(loaded.layers()).hasSize(stack.layers().size());
      assertThat(loaded.featureShape()).isEqualTo(data.sampleShape());
      assertThat(stack.encoded(loaded, stack.data())).isEqualTo(features);
      assertThat(features).isNotEqualTo(new float[features.length]);
    }
  }

  /** What a user gets who trains the layers as runs of their own. */
  @ParameterizedTest
  @MethodSource("stacks")
  void eachLayerIsTrainedAsARunOnTheFeaturesBelow(StackedRun stack) {
    stack.train(backend, directory, trainer -> {});
    Dataset data = stack.data();
    for (int number = 1; number <= stack.layers().size(); number++) {
      RunDirectory layer = RunDirectory.open(RunDirectory.layer(directory, number));
      ModelFamily family = ModelFamilies.named(layer.config().family());
      Path alone = directory.resolve("alone" + number);
      try (Model model =
          (Model)
              family.create(
                  family.settings().parse(layer.config().model()),
                  data.sampleShape(),
                  backend,
                  Seed.of(number))) {
        Trainer.of(model)
            .data(data)
            .settings(TrainingSettings.of(family).parse(layer.config().training()))
            .seed(Seed.of(number))
            .to(alone)
            .train();
        data = MemoryDataset.of("features", model.featureShape(), stack.encoded(model, data));
      }
      for (String file : List.of("model.safetensors", "trainer.safetensors", "state.json")) {
        assertThat(alone.resolve(file)).hasSameBinaryContentAs(layer.path().resolve(file));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("stacks")
  void withoutADirectoryItLearnsTheSame(StackedRun stack) {
    stack.train(backend, directory, trainer -> {});
    try (FeatureExtractor loaded = RunDirectory.open(directory).load(backend);
        FeatureExtractor trained = stack.encoder(backend)) {
      Trainer.of(trained).data(stack.data()).train();
      assertThat(stack.encoded(trained, stack.data()))
          .isEqualTo(stack.encoded(loaded, stack.data()));
      assertThat(trained.parameters())
          .extracting(Parameter::name)
          .contains("layers.1.encoder.0.weight", "layers.2.encoder.0.bias");
    }
  }

  @Test
  void aRunOfLayersIsNoSingleModel() {
    StackedRun.flat().train(backend, directory, trainer -> {});
    RunDirectory run = RunDirectory.open(directory);
    assertThatThrownBy(() -> run.loadModel(backend))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("was trained a layer at a time");
    try (FeatureExtractor encoder = run.load(backend)) {
      assertThatThrownBy(() -> encoder.layerFilters(3))
          .isInstanceOf(IndexOutOfBoundsException.class);
    }
  }

  @Test
  void featuresOfAllLayersStandSideBySide() {
    StackedRun stack = StackedRun.mixed();
    stack.train(backend, directory, trainer -> {});
    RunDirectory run = RunDirectory.open(directory);
    try (FeatureExtractor all = run.load(backend, Map.of("features", "all"));
        FeatureExtractor last = run.load(backend, Map.of())) {
      Model first = all.layers().getFirst().model();
      int below = first.features();
      int width = below + all.layers().get(1).model().features() + 7;
      assertThat(all.features()).isEqualTo(width);
      assertThat(all.featureShape()).isEqualTo(Shape.of(width));
      float[] joined = stack.encoded(all, stack.data());
      float[] ofLast = stack.encoded(last, stack.data());
      float[] ofFirst = stack.encoded(first, stack.data());
      for (int i = 0; i < StackedRun.SAMPLES; i++) {
        assertThat(Arrays.copyOfRange(joined, (i + 1) * width - 7, (i + 1) * width))
            .isEqualTo(Arrays.copyOfRange(ofLast, i * 7, i * 7 + 7));
        assertThat(Arrays.copyOfRange(joined, i * width, i * width + below))
            .isEqualTo(Arrays.copyOfRange(ofFirst, i * below, (i + 1) * below));
      }
    }
  }

  @Test
  void anotherPoolingIsTheLastLayers() {
    StackedRun stack = StackedRun.maps();
    stack.train(backend, directory, trainer -> {});
    RunDirectory run = RunDirectory.open(directory);
    try (FeatureExtractor whole = run.load(backend, Map.of("pool", "none"))) {
      assertThat(whole.featureShape()).isEqualTo(Shape.of(6, 5, 4));
      assertThat(whole.layers().getFirst().model().featureShape()).isEqualTo(Shape.of(3, 5, 4));
    }
  }

  @Test
  void unitsOfFlatLayersDrawTheProductOfTheirDecoders() {
    try (FeatureExtractor model = StackedRun.flat().encoder(backend)) {
      Model first = model.layers().getFirst().model();
      Model second = model.layers().getLast().model();
      float[] below = backend.memory().download(first.decoderFilters()); // (9, 12)
      float[] above = backend.memory().download(second.decoderFilters()); // (5, 9)
      float[] drawn = backend.memory().download(model.decoderFilters());
      assertThat(model.filterShape()).isEqualTo(Shape.of(12));
      assertThat(drawn).hasSize(5 * 12);
      for (int i = 0; i < drawn.length; i++) {
        double sum = 0;
        for (int unit = 0; unit < 9; unit++) {
          sum += (double) above[i / 12 * 9 + unit] * below[unit * 12 + i % 12];
        }
        assertThat(drawn[i]).isCloseTo((float) sum, within(1e-6f));
      }
    }
  }

  /** Each cell of an upper filter, 3x3 of 3 maps, draws a filter below in its window's middle. */
  @Test
  void unitsOfMapsDrawTheFiltersBelowInTheMiddleOfTheWindows() {
    try (FeatureExtractor model = StackedRun.maps().encoder(backend)) {
      Model first = model.layers().getFirst().model();
      Model second = model.layers().getLast().model();
      float[] below = backend.memory().download(first.decoderFilters()); // (3, 1, 5, 5)
      float[] above = backend.memory().download(second.decoderFilters()); // (6, 3, 3, 3)
      float[] drawn = backend.memory().download(model.decoderFilters());
      int side = 2 * 2 + 3 + 4; // windows of 3 pixels, 2 apart, and filters of 5 round each pixel
      assertThat(model.filterShape()).isEqualTo(Shape.of(1, side, side));
      double[] expected = new double[6 * side * side];
      for (int i = 0; i < above.length; i++) {
        int unit = i / 27;
        int map = i / 9 % 3;
        for (int tap = 0; tap < 25; tap++) {
          int y = i / 3 % 3 * 2 + 1 + tap / 5;
          int x = i % 3 * 2 + 1 + tap % 5;
          expected[(unit * side + y) * side + x] += (double) above[i] * below[map * 25 + tap];
        }
      }
      for (int i = 0; i < drawn.length; i++) {
        assertThat(drawn[i]).isCloseTo((float) expected[i], within(1e-6f));
      }
    }
  }

  @Test
  void aFlatLayerOnMapsDrawsWholePictures() {
    try (FeatureExtractor model = StackedRun.mixed().encoder(backend);
        Tensor first = model.layerFilters(1)) {
      assertThat(model.filterShape().rank()).isEqualTo(3);
      assertThat(model.decoderFilters().shape().rows()).isEqualTo(7);
      assertThat(first.shape()).isEqualTo(Shape.of(3, 1, 5, 5));
    }
  }

  @Test
  void wrongLayersAreRefused() {
    assertWrong(List.of(), "list of layers, each with its 'model' and settings, not an empty one");
    assertWrong("fc-wta", "not 'fc-wta'");
    assertWrong(List.of("fc-wta"), "not 'fc-wta' in place 1");
    assertWrong(List.of(Map.of("hidden", 5)), "layer 1: it names no model");
    assertWrong(
        List.of(Map.of("model", "fc-wta"), Map.of("model", "fc-wat")),
        "layer 2: there is no model 'fc-wat'");
    assertWrong(
        List.of(Map.of("model", "fc-wta", "hiden", 5)),
        "layer 1: a setting is wrong: there is no setting 'hiden' (did you mean 'hidden'?)");
    assertWrong(List.of(Map.of("model", "fc-wta", "seed", 5)), "there is no setting 'seed'");
    assertWrong(List.of(Map.of("model", "stacked")), "stacked is a list of layers itself");
    assertWrong(List.of(Map.of("model", "conv-wta", "preset", "mnits")), "has no preset 'mnits'");
    assertThatThrownBy(
            () ->
                ModelFamilies.named("stacked")
                    .create(Stacked.FAMILY.settings().defaults(), Shape.of(3), backend, Seed.of(1)))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("a stacked model needs its layers");
  }

  private static void assertWrong(Object layers, String problem) {
    assertThatThrownBy(() -> Stacked.FAMILY.settings().parse(Map.of("layers", layers)))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("'layers'")
        .hasMessageContaining(problem);
  }

  @Test
  void layersThatDoNotFitAreRefused() {
    StackedRun stack =
        new StackedRun(
            Shape.of(1, 6, 6),
            List.of(Map.of("model", "fc-wta", "hidden", 9), Map.of("model", "conv-wta")));
    assertThatThrownBy(() -> stack.encoder(backend))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("layer 2: conv-wta takes images of shape (channels, height, width)");
  }

  @Test
  void aPresetIsWhatALayerBeginsFrom() {
    Map<String, Object> given = Map.of("model", "conv-wta", "preset", "mnist-16", "pool", "none");
    assertThat(
            Stacked.FAMILY.settings().parse(Map.of("layers", List.of(given))).toMap().get("layers"))
        .asInstanceOf(InstanceOfAssertFactories.list(Map.class))
        .first(InstanceOfAssertFactories.map(String.class, Object.class))
        .containsEntry("layers", "16conv5-16conv5-16deconv11")
        .containsEntry("pool", "none")
        .doesNotContainKey("preset");
  }

  @Test
  void aProgramWritesLayersByTheirSettings() {
    Stacked.Settings written =
        Stacked.Settings.NO_LAYERS
            .layer(
                FcWta.Settings.DEFAULTS.hidden(9).lifetime(0.3),
                training -> training.preprocess("scale"))
            .layer(
                FcWta.Settings.DEFAULTS.hidden(5).tied(false),
                training -> training.preprocess("center"));
    assertThat(written)
        .isEqualTo(Stacked.FAMILY.settings().parse(Map.of("layers", StackedRun.flat().layers())));
    try (Stacked model = written.on(12, backend, Seed.of(1))) {
      assertThat(model.layers()).hasSize(2);
      assertThat(model.features()).isEqualTo(5);
    }
    try (Stacked both = written.features(Stacked.Whose.ALL).on(12, backend, Seed.of(1))) {
      assertThat(both.features()).isEqualTo(14);
    }
  }

  @Test
  void theDocumentedStackIsMade() {
    // README: stack
    Stacked stack =
        Stacked.Settings.NO_LAYERS
            .layer(ConvWta.Settings.DEFAULTS.pool(Pooling.of(5, 3)), training -> training.epochs(4))
            .layer(FcWta.Settings.DEFAULTS.hidden(2048))
            .on(Shape.of(1, 28, 28), backend, Seed.of(1));
    // README: end
    try (stack) {
      assertThat(stack.layers().getFirst().training()).containsEntry("epochs", 4);
      assertThat(stack.features()).isEqualTo(2048);
    }
  }

  /** The defaults of its family's training are a layer's. */
  @Test
  void aLayerWithoutTrainingSettingsHasItsFamilys() {
    Stacked.Settings written = Stacked.Settings.NO_LAYERS.layer(TopKSae.Settings.DEFAULTS);
    assertThat(written)
        .isEqualTo(
            Stacked.FAMILY.settings().parse(Map.of("layers", List.of(Map.of("model", "topk")))));
  }

  @Test
  void whatIsNoLayerIsRefused() {
    Stacked.Settings none = Stacked.Settings.NO_LAYERS;
    TranscoderSettings<?> transcoder =
        TranscoderSettings.of(TopKSae.Settings.DEFAULTS, Shape.of(3));
    assertThatThrownBy(() -> none.layer(transcoder))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("reconstructs a target, and a layer of a stack has none");
    assertThatThrownBy(() -> none.layer(none))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("stacked is a list of layers itself");
    assertThatThrownBy(
            () -> none.layer(TopKSae.Settings.DEFAULTS, training -> training.with("seed", 2L)))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("a seed or patches of its own");
    assertThatThrownBy(() -> none.on(3, backend, Seed.of(1)))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("in Java by Settings.layer(...)");
  }
}
