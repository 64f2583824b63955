package dev.wta.models.conv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.data.Dataset;
import dev.wta.data.MemoryDataset;
import dev.wta.data.PatchSize;
import dev.wta.data.preprocessing.Preprocessing;
import dev.wta.models.FeatureExtractor;
import dev.wta.models.Features;
import dev.wta.models.ModelFamilies;
import dev.wta.models.TestBackends;
import dev.wta.models.TestData;
import dev.wta.models.run.RunDirectory;
import dev.wta.models.training.Trainer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was trained on patches encodes whole pictures. */
class AnySizeTest {
  private static final Shape PICTURE = Shape.of(2, 14, 11);

  @TempDir Path directory;
  private final Backend backend = TestBackends.reference();

  @AfterEach
  void close() {
    backend.close();
  }

  private RunDirectory trained(
      String family, Map<String, Object> settings, Shape sample, UnaryOperator<Trainer> how) {
    Dataset data = TestData.samples(10, sample);
    try (FeatureExtractor model =
        ModelFamilies.named(family)
            .create(
                ModelFamilies.named(family).settings().parse(settings),
                sample,
                backend,
                Seed.of(1))) {
      how.apply(Trainer.of(model).data(data).to(directory)).train();
    }
    return RunDirectory.open(directory);
  }

  private float[] encoded(RunDirectory run, Dataset data, Map<String, ?> changed) {
    try (FeatureExtractor model = run.loadFor(data, backend, changed);
        Features features = model.encode(data)) {
      return backend.memory().download(features.values());
    }
  }

  /** Away from the borders, a map of the picture is the map of the patch that was cut out of it. */
  @Test
  void mapsOfAPictureAreThoseOfItsPatches() {
    RunDirectory run =
        trained(
            "conv-wta",
            Map.of("layers", "4conv3-3conv3-3deconv5"),
            Shape.of(2, 8, 7),
            trainer -> trainer.epochs(1));
    Dataset pictures = TestData.samples(3, PICTURE);
    float[] whole = encoded(run, pictures, Map.of("pool", "none"));
    int top = 4;
    int left = 3;
    float[] cut = new float[3 * 2 * 8 * 7];
    float[] values = new float[3 * 2 * 14 * 11];
    pictures.read(0, 3, values, 0);
    for (int i = 0; i < cut.length; i++) {
      int plane = i / 56;
      cut[i] = values[plane * 154 + (i / 7 % 8 + top) * 11 + i % 7 + left];
    }
    float[] ofPatches =
        encoded(run, MemoryDataset.of("patches", Shape.of(2, 8, 7), cut), Map.of("pool", "none"));

    assertThat(whole).hasSize(3 * 3 * 14 * 11);
    int border = 2; // two convolutions of 3x3
    for (int plane = 0; plane < 9; plane++) {
      for (int y = border; y < 8 - border; y++) {
        for (int x = border; x < 7 - border; x++) {
          assertThat(whole[plane * 154 + (y + top) * 11 + x + left])
              .isCloseTo(ofPatches[plane * 56 + y * 7 + x], within(1e-5f));
        }
      }
    }
  }

  @Test
  void poolsAndStacksPicturesOfAnotherSize() {
    RunDirectory run =
        trained(
            "stacked",
            Map.of(
                "layers",
                List.of(
                    Map.of(
                        "model",
                        "conv-wta",
                        "layers",
                        "3conv3-3deconv3",
                        "pool",
                        "3/2",
                        "epochs",
                        1),
                    Map.of(
                        "model",
                        "conv-wta",
                        "layers",
                        "2conv3-2deconv3",
                        "pool",
                        "2/2",
                        "epochs",
                        1))),
            Shape.of(2, 8, 7),
            trainer -> trainer);
    try (FeatureExtractor model = run.loadFor(TestData.samples(1, PICTURE), backend, Map.of())) {
      assertThat(model.sampleShape()).isEqualTo(PICTURE);
      assertThat(model.featureShape()).isEqualTo(Shape.of(2, 4, 3));
    }
    assertThat(encoded(run, TestData.samples(4, PICTURE), Map.of())).hasSize(4 * 24);
  }

  @Test
  void refusesWhatHasOtherChannelsOrWasFittedToTheSize() {
    RunDirectory run =
        trained(
            "conv-wta",
            Map.of("layers", "2conv3-2deconv3"),
            Shape.of(2, 8, 7),
            trainer ->
                trainer
                    .epochs(1)
                    .preprocessing(
                        Preprocessing.fit(
                            List.of("center"), TestData.samples(10, Shape.of(2, 8, 7)))));
    assertThatThrownBy(() -> encoded(run, TestData.samples(2, Shape.of(3, 14, 11)), Map.of()))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("3x14x11");
    assertThatThrownBy(() -> encoded(run, TestData.samples(2, PICTURE), Map.of()))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("center");
  }

  @Test
  void trainsOnPatchesAndEncodesTheirPictures() {
    Dataset pictures = TestData.samples(6, PICTURE);
    try (FeatureExtractor model =
        ConvWta.Settings.DEFAULTS
            .layers("4conv3-4deconv5")
            .on(Shape.of(2, 6, 6), backend, Seed.of(2))) {
      Trainer.of(model)
          .data(pictures)
          .patches(new PatchSize(6, 6))
          .batch(3)
          .epochs(1)
          .to(directory)
          .train();
    }
    assertThat(encoded(RunDirectory.open(directory), pictures, Map.of("pool", "4/4")))
        .hasSize(6 * 4 * 4 * 3);
  }
}
