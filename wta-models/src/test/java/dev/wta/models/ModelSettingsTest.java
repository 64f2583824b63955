package dev.wta.models;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wta.api.backend.Backend;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.models.sae.TranscoderSettings;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A program makes a model of any kind from its settings. */
class ModelSettingsTest {
  /** All but stacks, whose layers have no default. */
  static Stream<ModelFamily> families() {
    return EncoderTest.families().filter(family -> !family.trainsByLayer());
  }

  /** With targets of three numbers, which have no default, for a transcoder. */
  private static ModelSettings<?, ?> defaults(ModelFamily family) {
    Map<String, Object> given =
        family.transcodes() ? TranscoderSettings.outputs(Shape.of(3)) : Map.of();
    assertThat(family.settings().parse(given)).isInstanceOf(ModelSettings.class);
    return (ModelSettings<?, ?>) family.settings().parse(given);
  }

  @ParameterizedTest
  @MethodSource("families")
  void defaultsMakeAModelOfTheirFamily(ModelFamily family) {
    ModelSettings<?, ?> defaults = defaults(family);
    try (Backend backend = TestBackends.reference();
        FeatureExtractor model = defaults.on(Shape.of(1, 4, 5), backend, Seed.of(1))) {
      assertThat(model.family()).isEqualTo(family.name());
      assertThat(defaults.family().name()).isEqualTo(family.name());
      assertThat(model.settings()).isEqualTo(defaults);
      assertThat(model.sampleShape()).isEqualTo(Shape.of(1, 4, 5));
    }
  }

  @ParameterizedTest
  @MethodSource("families")
  void vectorsNeedNoShape(ModelFamily family) {
    if (family.name().equals("conv-wta")) { // takes pictures alone
      return;
    }
    try (Backend backend = TestBackends.reference();
        FeatureExtractor model = defaults(family).on(7, backend, Seed.of(1))) {
      assertThat(model.sampleShape()).isEqualTo(Shape.of(7));
    }
  }
}
