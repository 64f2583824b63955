package dev.wta.cli.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.wta.api.WtaException;
import dev.wta.models.settings.Setting;
import dev.wta.models.settings.Settings;
import dev.wta.models.settings.SettingsSpec;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigurationTest {
  private static final Setting<Integer> EPOCHS =
      Setting.integer("epochs", 50, 1, 1000, "passes over the data");
  private static final Setting<List<Integer>> HIDDEN =
      Setting.integers("hidden", List.of(2000), 1, 100000, "units");
  private static final Setting<String> COMPETITION =
      Setting.text("competition", "text", "none", text -> text, text -> text, "who wins");
  private static final SettingsSpec SPEC =
      SettingsSpec.of(EPOCHS, HIDDEN, COMPETITION)
          .with(
              new SettingsSpec.Shorthand(
                  "lifetime", "competition", "short", "lifetime(%s)"::formatted));

  private final Configuration configuration = new Configuration(SPEC, "wta keys");

  @Test
  void takesDefaultsWhereNothingIsSaid() {
    assertThat(configuration.settings()).isEqualTo(SPEC.defaults());
  }

  @Test
  void letsLaterLayersOverrideEarlierOnes() {
    Settings settings =
        configuration
            .startFrom(Map.of("epochs", 1, "hidden", List.of(3, 4)))
            .add(List.of(yaml("epochs", "2"), yaml("competition", "none")))
            .add(List.of(set("epochs=3"), set("lifetime=0.05")))
            .settings();
    assertThat(settings.get(EPOCHS)).isEqualTo(3);
    assertThat(settings.get(HIDDEN)).containsExactly(3, 4);
    assertThat(settings.get(COMPETITION)).isEqualTo("lifetime(0.05)");
  }

  @Test
  void takesListsFromAssignments() {
    assertThat(configuration.add(List.of(set("hidden=1000,500"))).settings().get(HIDDEN))
        .containsExactly(1000, 500);
  }

  @Test
  void keepsAValueWithAnEqualsSignWhole() {
    assertThat(configuration.add(List.of(set("competition=a=b"))).settings().get(COMPETITION))
        .isEqualTo("a=b");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "lifetme=0.05 | unknown key 'lifetme' in --set; did you mean 'lifetime'? 'wta keys' lists"
            + " the keys",
        "zzz=1        | unknown key 'zzz' in --set; 'wta keys' lists the keys",
        "epochs=many  | key 'epochs' in --set: expected whole number from 1 to 1000, not 'many';"
            + " correct it, 'wta keys' lists the keys",
        "epochs=0     | key 'epochs' in --set: expected whole number from 1 to 1000, not '0';"
            + " correct it, 'wta keys' lists the keys",
        "epochs       | --set 'epochs' is not a key and a value; write --set key=value",
        "=5           | --set '=5' is not a key and a value; write --set key=value",
      })
  void answersWhatIsWrong(String assignment, String message) {
    assertThatExceptionOfType(WtaException.class)
        .isThrownBy(() -> configuration.add(List.of(set(assignment))))
        .withMessage(message);
  }

  @Test
  void refusesTwoWaysOfSayingOneThing() {
    assertThatExceptionOfType(WtaException.class)
        .isThrownBy(
            () -> configuration.add(List.of(yaml("lifetime", "0.1"), yaml("competition", "x"))))
        .withMessage(
            "keys 'lifetime' and 'competition' at line 1 of x.yaml say the same thing; keep one");
  }

  private static ConfiguredValue yaml(String key, String text) {
    return new ConfiguredValue(key, text, "at line 1 of x.yaml");
  }

  private static ConfiguredValue set(String assignment) {
    return Configuration.readAssignment(assignment);
  }
}
