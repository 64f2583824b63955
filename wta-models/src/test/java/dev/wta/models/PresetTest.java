package dev.wta.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wta.api.WtaException;
import dev.wta.models.conv.ConvWta;
import dev.wta.models.fc.Autoencoder;
import dev.wta.models.settings.SettingsSpec;
import dev.wta.models.training.RunSettings;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class PresetTest {
  private static final ModelFamily CONV = ConvWta.FAMILY;

  @TestFactory
  Stream<DynamicTest> everyPresetIsAConfiguration() {
    return ModelFamilies.all().stream()
        .flatMap(
            family ->
                family.presets().stream()
                    .map(
                        preset ->
                            DynamicTest.dynamicTest(
                                family.name() + " " + preset.name(),
                                () ->
                                    assertThat(read(family, preset))
                                        .containsAllEntriesOf(preset.settings()))));
  }

  private static Map<String, Object> read(ModelFamily family, Preset preset) {
    SettingsSpec<RunSettings> spec = RunSettings.spec(family);
    return spec.toMap(spec.parse(preset.settings()));
  }

  @Test
  void theArchitecturesOfThePaper() {
    assertThat(Preset.named("strokes", CONV).settings())
        .containsEntry("layers", "64conv5-64conv5-64conv5-64deconv11");
    assertThat(Preset.named("cifar10", CONV).settings())
        .containsEntry("layers", "64conv5-64conv5-64conv5-64deconv7")
        .containsEntry("pool", "5/4");
  }

  @Test
  void aMisspeltNameIsAnsweredWithTheNearest() {
    assertThatThrownBy(() -> Preset.named("cifar01", CONV))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("conv-wta has no preset 'cifar01'")
        .hasMessageContaining("did you mean 'cifar10'?");
    assertThatThrownBy(() -> Preset.named("mnist", Autoencoder.FAMILY))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("this model has none");
  }
}
