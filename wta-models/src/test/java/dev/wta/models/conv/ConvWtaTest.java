package dev.wta.models.conv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.api.tensor.Tensor;
import dev.wta.models.Pooling;
import dev.wta.models.TestBackends;
import dev.wta.models.TestData;
import dev.wta.models.competition.Competitions;
import dev.wta.models.fc.FcWta;
import dev.wta.models.settings.SettingsSpec;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConvWtaTest {
  private static final SettingsSpec<?> SETTINGS = ConvWta.FAMILY.settings();

  private final Backend backend = TestBackends.reference();

  @AfterEach
  void close() {
    backend.close();
  }

  @Test
  void parametersHaveTheNamesAndShapesOfTheCheckpoint() {
    try (ConvWta model =
        ConvWta.Settings.DEFAULTS
            .layers("4conv5-7conv3-7deconv9")
            .pool(Pooling.NONE)
            .on(Shape.of(3, 6, 5), backend, Seed.of(1))) {
      assertThat(model.parameters())
          .extracting(parameter -> parameter.name() + " " + parameter.value().shape())
          .containsExactly(
              "encoder.0.weight 4x3x5x5",
              "encoder.0.bias 4",
              "encoder.1.weight 7x4x3x3",
              "encoder.1.bias 7",
              "decoder.weight 7x3x9x9",
              "decoder.bias 3");
      assertThat(model.features()).isEqualTo(7 * 6 * 5);
      assertThat(model.decoderFilters().shape()).isEqualTo(Shape.of(7, 3, 9, 9));
      assertThat(model.filterShape()).isEqualTo(Shape.of(3, 9, 9));
    }
  }

  @Test
  void theFirstFiltersKeepTheScaleOfTheirInputs() {
    try (ConvWta model =
        ConvWta.Settings.DEFAULTS
            .layers("100conv3-60conv5-60deconv7")
            .decoderInit(0.02)
            .on(Shape.of(2, 5, 5), backend, Seed.of(1))) {
      assertThat(deviation(model, 0)).isCloseTo(Math.sqrt(2.0 / (2 * 9)), within(0.01));
      assertThat(deviation(model, 2)).isCloseTo(Math.sqrt(2.0 / (100 * 25)), within(0.001));
      assertThat(deviation(model, 4)).isCloseTo(0.02, within(0.001));
    }
  }

  private double deviation(ConvWta model, int parameter) {
    double squares = 0;
    float[] values = backend.memory().download(model.parameters().get(parameter).value());
    for (float value : values) {
      squares += (double) value * value;
    }
    return Math.sqrt(squares / values.length);
  }

  @Test
  void theBuilderSaysWhatTheConfigurationSays() {
    try (ConvWta built =
            ConvWta.Settings.DEFAULTS
                .layers("3conv5-2conv3-2deconv7")
                .lifetime(0.2)
                .decoderInit(0.1)
                .pool(Pooling.of(3, 2))
                .on(Shape.of(1, 4, 4), backend, Seed.of(1));
        ConvWta withDefaults =
            ConvWta.Settings.DEFAULTS
                .competition(Competitions.parse("spatial"))
                .on(Shape.of(1, 4, 4), backend, Seed.of(1))) {
      assertThat(built.settings())
          .isEqualTo(
              SETTINGS.parse(
                  Map.of(
                      "layers",
                      "3conv5-2conv3-2deconv7",
                      "lifetime",
                      0.2,
                      "decoder-init",
                      0.1,
                      "pool",
                      "3/2")))
          .extracting(settings -> settings.toMap().get("competition"))
          .isEqualTo("spatial then lifetime(0.2)");
      assertThat(withDefaults.settings().toMap())
          .containsEntry("layers", "128conv5-128conv5-128deconv11")
          .containsEntry("competition", "spatial")
          .containsEntry("pool", "5/3");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"64conv5-64deconv11", "128conv5-64conv3-32conv1-32deconv7"})
  void layersReadBack(String text) {
    assertThat(ConvLayers.parse(text).text()).isEqualTo(text);
    assertThat(ConvLayers.parse(" " + text.replace("-", " - "))).isEqualTo(ConvLayers.parse(text));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "64conv5 | '64conv5' is no deconv layer",
        "64deconv11 | at least one convolution",
        "64deconv11-64conv5 | '64deconv11' is no conv layer",
        "64conv5-64deconv11-64deconv11 | '64deconv11' is no conv layer",
        "64conv5--64deconv11 | '' is no conv layer",
        "64 conv5-64deconv11 | '64 conv5' is no conv layer",
        "64conv5-deconv11 | 'deconv11' is no deconv layer",
        "64conv5-32deconv11 | as many maps into the deconvolution as the last convolution makes,"
            + " 64",
        "64conv4-64deconv11 | odd number of pixels a side up to 255, not 4",
        "64conv5-64deconv256 | odd number of pixels a side up to 255, not 256",
        "0conv5-0deconv11 | 1 to 65536 maps, not 0",
        "99999999conv5-64deconv11 | is no conv layer"
      })
  void wrongLayersAreAnsweredWithWhatIsRight(String layers, String answer) {
    assertThatThrownBy(() -> SETTINGS.parse(Map.of("layers", layers)))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("'layers' is")
        .hasMessageContaining(answer);
  }

  @Test
  void samplesArePictures() {
    ConvWta.Settings vectors = ConvWta.Settings.DEFAULTS;
    assertThatThrownBy(() -> vectors.on(784, backend, Seed.of(1)))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("(channels, height, width)")
        .hasMessageContaining("784");
    try (ConvWta grey =
        ConvWta.Settings.DEFAULTS
            .layers("2conv3-2deconv3")
            .on(Shape.of(6, 5), backend, Seed.of(1))) {
      assertThat(grey.filterShape()).isEqualTo(Shape.of(1, 3, 3));
    }
  }

  @Test
  void aFullyConnectedModelHasNoMaps() {
    FcWta.Settings flat =
        FcWta.Settings.DEFAULTS.hidden(7).competition(Competitions.parse("spatial"));
    assertThatThrownBy(() -> flat.on(9, backend, Seed.of(1)))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("within feature maps");
  }

  @Test
  void encodingIsTheRectifiedMapsWithTheCompetitionOff() {
    float[] pixels = TestData.normal("pixels", 2 * 12);
    try (ConvWta model =
            ConvWta.Settings.DEFAULTS
                .layers("2conv3-2deconv3")
                .pool(Pooling.NONE)
                .on(Shape.of(1, 3, 4), backend, Seed.of(1));
        Tensor batch = backend.memory().of(Shape.of(2, 12), pixels);
        Tensor features = backend.memory().allocate(Shape.of(2, model.features()))) {
      float[] filters = backend.memory().download(model.parameters().getFirst().value());
      model.encodePrepared(batch, features);
      float[] encoded = backend.memory().download(features);
      for (int i = 0; i < encoded.length; i++) {
        int x = i % 4;
        int y = i / 4 % 3;
        int map = i / 12 % 2;
        double sum = 0;
        for (int tap = 0; tap < 9; tap++) {
          int pixelY = y + tap / 3 - 1;
          int pixelX = x + tap % 3 - 1;
          if (pixelY >= 0 && pixelY < 3 && pixelX >= 0 && pixelX < 4) {
            sum += (double) pixels[i / 24 * 12 + pixelY * 4 + pixelX] * filters[map * 9 + tap];
          }
        }
        assertThat(encoded[i]).isCloseTo((float) Math.max(0, sum), within(1e-5f));
      }
    }
  }

  /** One winner of each map over the batch: of three copies of a picture, the first is drawn. */
  @Test
  void reconstructionHasTheCompetitionOn() {
    float[] picture = TestData.uniform("picture", 16);
    try (ConvWta model =
            ConvWta.Settings.DEFAULTS
                .layers("5conv3-5deconv3")
                .lifetime(0.3)
                .on(Shape.of(1, 4, 4), backend, Seed.of(1));
        Tensor batch = backend.memory().allocate(Shape.of(3, 1, 4, 4));
        Tensor out = backend.memory().allocate(Shape.of(3, 1, 4, 4))) {
      for (int copy = 0; copy < 3; copy++) {
        backend.memory().upload(picture, 0, batch.rows(copy, 1));
      }
      model.reconstruct(batch, out);
      float[] drawn = backend.memory().download(out);
      assertThat(List.of(drawn[0], drawn[5], drawn[10])).anyMatch(pixel -> pixel != 0);
      for (int i = 16; i < drawn.length; i++) {
        assertThat(drawn[i]).isZero(); // the decoder's bias
      }
    }
  }
}
