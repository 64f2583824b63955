package dev.wta.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.data.Dataset;
import dev.wta.models.conv.ConvWta;
import dev.wta.models.fc.FcWta;
import dev.wta.models.run.RunDirectory;
import dev.wta.models.training.Trainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PoolingTest {
  private static final int HEIGHT = 7;
  private static final int WIDTH = 5;
  private static final int MAPS = 3;

  private final Backend backend = TestBackends.reference();
  private final Dataset data = TestData.samples(6, Shape.of(1, HEIGHT, WIDTH));

  @AfterEach
  void close() {
    backend.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"5/3", "11/6", "2/3", "1/1", "none"})
  void textReadsBack(String text) {
    assertThat(Pooling.parse(text).text()).isEqualTo(text);
    assertThat(Pooling.parse(" " + text.replace("/", " / "))).isEqualTo(Pooling.parse(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "5", "5/", "/3", "0/3", "5/0", "5x3", "5/3/1", "-5/3", "9999/1", "max"})
  void wrongTextIsAnsweredWithWhatIsRight(String text) {
    assertThatThrownBy(() -> Pooling.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("window/stride such as 5/3, or none, not '%s'", text);
  }

  @Test
  void thePapersWindowsOnMnist() {
    Shape maps = Shape.of(128, 28, 28);
    assertThat(Pooling.parse("5/3").pooled(maps)).isEqualTo(Shape.of(128, 10, 10));
    assertThat(Pooling.parse("11/6").pooled(maps)).isEqualTo(Shape.of(128, 5, 5));
    assertThat(Pooling.NONE.pooled(maps)).isEqualTo(maps);
  }

  @ParameterizedTest
  @ValueSource(strings = {"3/2", "5/3", "2/4", "9/9"})
  void featuresAreTheLargestOfEachWindowCutAtTheBorder(String text) {
    Pooling pooling = Pooling.parse(text);
    int size = pooling.windows().orElseThrow().size();
    int stride = pooling.windows().orElseThrow().stride();
    int rows = Math.ceilDiv(HEIGHT, stride);
    int columns = Math.ceilDiv(WIDTH, stride);
    try (ConvWta whole = model(Pooling.NONE);
        ConvWta pooled = model(pooling)) {
      assertThat(pooled.featureShape()).isEqualTo(Shape.of(MAPS, rows, columns));
      float[] maps = encoded(whole);
      float[] features = encoded(pooled);
      assertThat(features).hasSize(data.size() * MAPS * rows * columns);
      for (int i = 0; i < features.length; i++) {
        int map = i / (rows * columns);
        int top = i / columns % rows * stride;
        int left = i % columns * stride;
        float most = 0;
        for (int y = top; y < Math.min(HEIGHT, top + size); y++) {
          for (int x = left; x < Math.min(WIDTH, left + size); x++) {
            most = Math.max(most, maps[(map * HEIGHT + y) * WIDTH + x]);
          }
        }
        assertThat(features[i]).isEqualTo(most);
      }
    }
  }

  /** The maps of all samples at once would not fit where their pooled features do. */
  @Test
  void encodingTakesAsManySamplesAsTheirWholeMapsLeaveRoomFor() {
    try (ConvWta model =
        ConvWta.Settings.DEFAULTS
            .pool(Pooling.of(11, 6))
            .on(Shape.of(1, 28, 28), backend, Seed.of(1))) {
      long mapsOfOne = 2 * 128 * 28 * 28;
      assertThat(model.encodingBatch() * mapsOfOne * Float.BYTES).isBetween(32L << 20, 64L << 20);
    }
  }

  @Test
  void aRunIsReadWithThePoolingItSaysOrAnother(@TempDir Path run) {
    try (ConvWta model = model(Pooling.of(3, 2))) {
      Trainer.of(model).data(data).batch(3).epochs(1).to(run).train();
      RunDirectory kept = RunDirectory.open(run);
      try (Model same = kept.loadModel(backend);
          Model other = kept.loadModel(backend, Map.of("pool", "9/9"))) {
        assertThat(encoded(same)).isEqualTo(encoded(model));
        assertThat(other.featureShape()).isEqualTo(Shape.of(MAPS, 1, 1));
      }
      assertThatThrownBy(() -> kept.loadModel(backend, Map.of("pool", "9")))
          .isInstanceOf(WtaException.class)
          .hasMessageContaining("'pool' is window/stride such as 5/3");
    }
  }

  @Test
  void aModelWithoutMapsHasNoPooling(@TempDir Path run) {
    try (FcWta model =
        FcWta.Settings.DEFAULTS.hidden(4).on(data.sampleShape(), backend, Seed.of(1))) {
      Trainer.of(model).data(data).batch(3).epochs(1).to(run).train();
    }
    assertThatThrownBy(() -> RunDirectory.open(run).loadModel(backend, Map.of("pool", "5/3")))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("fc-wta has no setting 'pool'");
  }

  @Test
  void aRunFromBeforeThereWasPoolingKeepsItsWholeMaps(@TempDir Path run) throws IOException {
    try (ConvWta model = model(Pooling.NONE)) {
      Trainer.of(model).data(data).batch(3).epochs(1).to(run).train();
      Path config = run.resolve("config.json");
      String written = Files.readString(config);
      String earlier =
          written
              .replaceFirst("\"pool\" : \"none\",\\s*", "")
              .replaceFirst(",\\s*\"crc32c\" : \"\\w+\"", "");
      assertThat(earlier).isNotEqualTo(written).doesNotContain("pool");
      Files.writeString(config, earlier);
      try (Model kept = RunDirectory.open(run).loadModel(backend)) {
        assertThat(encoded(kept)).isEqualTo(encoded(model));
      }
      Trainer.of(model).data(data).batch(3).epochs(2).to(run).resume().train();
    }
  }

  private ConvWta model(Pooling pooling) {
    return ConvWta.Settings.DEFAULTS
        .layers("%1$dconv3-%1$ddeconv3".formatted(MAPS))
        .pool(pooling)
        .on(Shape.of(1, HEIGHT, WIDTH), backend, Seed.of(1));
  }

  private float[] encoded(Model model) {
    try (Features features = model.encode(data)) {
      return backend.memory().download(features.values());
    }
  }
}
