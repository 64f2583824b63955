package dev.wta.cli.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.wta.api.WtaException;
import dev.wta.models.settings.Setting;
import dev.wta.models.settings.SettingType;
import dev.wta.models.settings.SettingsSpec;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigurationTest {
  static final class Text extends SettingType {
    Text() {
      super("text", String.class, Object::toString, text -> text);
    }
  }

  record Example(
      @Setting(help = "passes over the data", min = 1, max = 1000) int epochs,
      @Setting(help = "units", min = 1, max = 100_000) List<Integer> hidden,
      @Setting(
              help = "who wins",
              as = Text.class,
              shorthand = "lifetime",
              shorthandFor = "lifetime(%s)")
          String competition) {}

  private static final SettingsSpec<Example> SPEC =
      SettingsSpec.of(new Example(50, List.of(2000), "none"));

  private final Configuration<Example> configuration = new Configuration<>(SPEC, "wta keys");

  @Test
  void takesDefaultsWhereNothingIsSaid() {
    assertThat(configuration.settings()).isEqualTo(SPEC.defaults());
  }

  @Test
  void letsLaterLayersOverrideEarlierOnes() {
    Example settings =
        configuration
            .startFrom(Map.of("epochs", 1, "hidden", List.of(3, 4)))
            .add(List.of(yaml("epochs", "2"), yaml("competition", "none")))
            .add(List.of(set("epochs=3"), set("lifetime=0.05")))
            .settings();
    assertThat(settings.epochs()).isEqualTo(3);
    assertThat(settings.hidden()).containsExactly(3, 4);
    assertThat(settings.competition()).isEqualTo("lifetime(0.05)");
  }

  @Test
  void takesListsFromAssignments() {
    assertThat(configuration.add(List.of(set("hidden=1000,500"))).settings().hidden())
        .containsExactly(1000, 500);
  }

  @Test
  void keepsAValueWithAnEqualsSignWhole() {
    assertThat(configuration.add(List.of(set("competition=a=b"))).settings().competition())
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
