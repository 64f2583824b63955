package dev.wta.models.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wta.api.Spelling;
import dev.wta.api.WtaException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsTest {
  enum Fall {
    CONSTANT,
    HALF_COSINE
  }

  record Sizes(
      @Setting(help = "tied") boolean tied, @Setting(help = "how the rate falls") Fall schedule) {}

  record Example(
      @Setting(help = "samples", min = 1, max = 1000, shorthand = "minibatch") int batch,
      @Setting(help = "learning rate", above = 0, max = 1) double rate,
      Sizes sizes,
      @Setting(help = "units", min = 1, max = Integer.MAX_VALUE) List<Integer> hiddenUnits,
      @Setting(help = "seed") long seed)
      implements SettingsRecord<Example> {
    Example {
      if (batch == 13) {
        throw new IllegalArgumentException("13 brings no luck");
      }
    }
  }

  private static final Example DEFAULTS =
      new Example(100, 1e-3, new Sizes(true, Fall.CONSTANT), List.of(2000), 1);
  private static final SettingsSpec<Example> SPEC = SettingsSpec.of(DEFAULTS);

  @Test
  void whatIsLeftOutTakesItsDefault() {
    Example settings = SPEC.parse(Map.of("batch", 7));
    assertThat(settings.batch()).isEqualTo(7);
    assertThat(settings.rate()).isEqualTo(1e-3);
    assertThat(settings.hiddenUnits()).containsExactly(2000);
    assertThat(SPEC.withDefaults(Map.of("batch", 50)).defaults().batch()).isEqualTo(50);
  }

  @Test
  void textAndTypedValuesMeanTheSame() {
    Map<String, Object> typed =
        Map.of(
            "batch",
            7,
            "rate",
            0.5,
            "tied",
            false,
            "schedule",
            "half-cosine",
            "hidden-units",
            List.of(3, 4),
            "seed",
            -5);
    Map<String, Object> text =
        Map.of(
            "batch",
            "7",
            "rate",
            "5e-1",
            "tied",
            "False",
            "schedule",
            "half-cosine",
            "hidden-units",
            "[3, 4]",
            "seed",
            "-5");
    assertThat(SPEC.parse(typed)).isEqualTo(SPEC.parse(text));
    assertThat(SPEC.parse(Map.of("hidden-units", "3 4")).hiddenUnits()).containsExactly(3, 4);
    assertThat(SPEC.parse(Map.of("hidden-units", 3)).hiddenUnits()).containsExactly(3);
    assertThat(SPEC.parse(Map.of("batch", "1e2")).batch()).isEqualTo(100);
  }

  @Test
  void whatIsRenderedReadsBack() {
    Example settings =
        SPEC.parse(Map.of("rate", 0.25, "hidden-units", List.of(3, 4), "seed", Long.MAX_VALUE));
    assertThat(SPEC.parse(settings.toMap())).isEqualTo(settings);
    assertThat(settings.toMap().keySet())
        .containsExactly("batch", "rate", "tied", "schedule", "hidden-units", "seed");
    assertThat(SPEC.toMap(settings)).isEqualTo(settings.toMap());
  }

  @ParameterizedTest
  @CsvSource({
    "batch, 0",
    "batch, 1001",
    "batch, 1.5",
    "batch, many",
    "rate, 0",
    "rate, 1.01",
    "rate, NaN",
    "rate, fast",
    "tied, yes",
    "schedule, half-cosin",
    "hidden-units, []",
    "hidden-units, 3;4",
    "hidden-units, -1",
    "seed, 9223372036854775808"
  })
  void aWrongValueIsNamedWithWhatIsRight(String key, String value) {
    assertThatThrownBy(() -> SPEC.parse(Map.of(key, value)))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("'" + key + "'")
        .hasMessageContaining(value)
        .hasMessageContaining(SPEC.find(key).orElseThrow().description());
  }

  @Test
  void aMisspeltKeyIsAnsweredWithTheNearest() {
    assertThatThrownBy(() -> SPEC.parse(Map.of("scheduel", "half-cosine")))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("'scheduel'")
        .hasMessageContaining("did you mean 'schedule'?");
    assertThatThrownBy(() -> SPEC.parse(Map.of("zzzzzz", 1)))
        .hasMessageContaining("batch, rate, tied");
    assertThatThrownBy(() -> SPEC.parse(Map.of("schedule", "half-cosin")))
        .hasMessageContaining("'half-cosine'");
  }

  @Test
  void everythingThatIsWrongIsReportedAtOnce() {
    assertThatThrownBy(() -> SPEC.parse(Map.of("batch", 0, "rate", 7, "hiden-units", 3)))
        .hasMessageContaining("3 settings are wrong")
        .hasMessageContaining("'batch'")
        .hasMessageContaining("'rate'")
        .hasMessageContaining("'hidden-units'");
  }

  @Test
  void aShorthandStandsForItsTarget() {
    assertThat(SPEC.parse(Map.of("minibatch", 9)).batch()).isEqualTo(9);
    assertThatThrownBy(() -> SPEC.parse(Map.of("minibatch", 9, "batch", 9)))
        .hasMessageContaining("say the same thing");
  }

  @Test
  void oneValueIsReplacedAndChecked() {
    assertThat(DEFAULTS.with("batch", 9).batch()).isEqualTo(9);
    assertThat(DEFAULTS.with("schedule", Fall.HALF_COSINE).sizes())
        .isEqualTo(new Sizes(true, Fall.HALF_COSINE));
    for (Object wrong : List.of(0, "many")) {
      assertThatThrownBy(() -> DEFAULTS.with("batch", wrong))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("whole number from 1 to 1000");
    }
    assertThatThrownBy(() -> DEFAULTS.with("bach", 9)).hasMessageContaining("no setting bach");
    assertThatThrownBy(() -> DEFAULTS.with("batch", 13)).hasMessage("13 brings no luck");
  }

  @Test
  void whatIsHiddenKeepsItsValueAndIsNotWritten() {
    SettingsSpec<Example> part = SPEC.withDefaults(Map.of("batch", 7)).without("batch", "seed");
    assertThat(part.parse(Map.of("rate", 0.5)).batch()).isEqualTo(7);
    assertThat(part.toMap(DEFAULTS)).containsOnlyKeys("rate", "tied", "schedule", "hidden-units");
    assertThatThrownBy(() -> part.parse(Map.of("batch", 9))).isInstanceOf(WtaException.class);
  }

  record Ranges(
      @Setting(help = "") int any,
      @Setting(help = "", max = 5) int few,
      @Setting(help = "", above = 2) int many,
      @Setting(help = "", min = 0, max = 7) long some,
      @Setting(help = "", min = 0) long manySteps,
      @Setting(help = "") double real,
      @Setting(help = "", min = 0.5) double atLeast,
      @Setting(help = "", above = 0.5, max = 1e3) double between,
      @Setting(help = "", min = 1) List<Integer> list) {}

  @Test
  void rangesAreSaid() {
    SettingsSpec<Ranges> spec = SettingsSpec.of(new Ranges(0, 0, 3, 0, 0, 0, 1, 1, List.of(1)));
    assertThat(spec.list())
        .extracting(SettingKey::description)
        .containsExactly(
            "whole number",
            "whole number up to 5",
            "whole number from 3",
            "whole number from 0 to 7",
            "whole number from 0",
            "number",
            "number from 0.5",
            "number above 0.5 and at most 1000",
            "whole number from 1, or a list of such");
    assertThat(spec.parse(Map.of("any", Integer.MIN_VALUE, "real", -1e300)).real())
        .isEqualTo(-1e300);
    for (String wrong : List.of("few=6", "many=2", "some=8", "between=0.5", "list=0")) {
      String[] parts = wrong.split("=", 2);
      assertThatThrownBy(() -> spec.parse(Map.of(parts[0], parts[1])))
          .isInstanceOf(WtaException.class);
    }
  }

  record Twice(@Setting(help = "one") int batch, Example more) {}

  record Undescribed(int batch) {}

  @Test
  void aRecordThatIsNoConfigurationIsRefused() {
    assertThatThrownBy(() -> SettingsSpec.of(new Twice(1, DEFAULTS)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("two settings named batch");
    assertThatThrownBy(() -> SettingsSpec.of(new Undescribed(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Undescribed.batch has no @Setting");
  }

  @ParameterizedTest
  @CsvSource({
    "rate,rate,0",
    "rate,rat,1",
    "rate,raet,1",
    "rate,tare,2",
    "rate,'',4",
    "ab,ba,1",
    "hidden,lifetime,7"
  })
  void distance(String a, String b, int expected) {
    assertThat(Spelling.distance(a, b)).isEqualTo(expected);
    assertThat(Spelling.distance(b, a)).isEqualTo(expected);
  }

  @Test
  void commasWithinBracketsCutNoWords() {
    List<String> expected = List.of("standardise(0,10)", "center", "zca(0.1)");
    for (Object given :
        List.of(
            "standardise(0, 10), center, zca(0.1)",
            "[ standardise ( 0 ,10 ) center zca(0.1) ]",
            List.of("standardise(0, 10)", "center", "zca(0.1)"),
            List.of("standardise(0", "10)", "center", "zca(0.1)"))) {
      assertThat(SettingType.words(given)).as(given.toString()).isEqualTo(expected);
    }
    assertThat(SettingType.words("")).isEmpty();
    assertThat(SettingType.words("scale center")).containsExactly("scale", "center");
  }
}
