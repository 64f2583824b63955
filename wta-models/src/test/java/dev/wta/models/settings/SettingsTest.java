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
  private static final Setting<Integer> BATCH = Setting.integer("batch", 100, 1, 1000, "samples");
  private static final Setting<Double> RATE =
      Setting.realAbove("rate", 1e-3, 0, 1, "learning rate");
  private static final Setting<Boolean> TIED = Setting.flag("tied", true, "tied");
  private static final Setting<String> SCHEDULE =
      Setting.choice("schedule", "constant", List.of("constant", "cosine"), "schedule");
  private static final Setting<List<Integer>> HIDDEN =
      Setting.integers("hidden", List.of(2000), 1, Integer.MAX_VALUE, "units");
  private static final Setting<Long> SEED = Setting.longInteger("seed", 1, "seed");
  private static final SettingsSpec SPEC =
      SettingsSpec.of(BATCH, RATE, TIED, SCHEDULE, HIDDEN, SEED)
          .with(
              new SettingsSpec.Shorthand(
                  "minibatch", "batch", "short for batch", Object::toString));

  @Test
  void whatIsLeftOutTakesItsDefault() {
    Settings settings = SPEC.parse(Map.of("batch", 7));
    assertThat(settings.get(BATCH)).isEqualTo(7);
    assertThat(settings.get(RATE)).isEqualTo(1e-3);
    assertThat(settings.get(HIDDEN)).containsExactly(2000);
    assertThat(SPEC.withDefaults(Map.of("batch", 50)).defaults().get(BATCH)).isEqualTo(50);
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
            "cosine",
            "hidden",
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
            "cosine",
            "hidden",
            "[3, 4]",
            "seed",
            "-5");
    assertThat(SPEC.parse(typed)).isEqualTo(SPEC.parse(text));
    assertThat(SPEC.parse(Map.of("hidden", "3 4")).get(HIDDEN)).containsExactly(3, 4);
    assertThat(SPEC.parse(Map.of("hidden", 3)).get(HIDDEN)).containsExactly(3);
    assertThat(SPEC.parse(Map.of("batch", "1e2")).get(BATCH)).isEqualTo(100);
  }

  @Test
  void whatIsRenderedReadsBack() {
    Settings settings =
        SPEC.parse(Map.of("rate", 0.25, "hidden", List.of(3, 4), "seed", Long.MAX_VALUE));
    assertThat(SPEC.parse(settings.toMap())).isEqualTo(settings);
    assertThat(settings.toMap().keySet())
        .containsExactly("batch", "rate", "tied", "schedule", "hidden", "seed");
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
    "schedule, cosin",
    "hidden, []",
    "hidden, 3;4",
    "hidden, -1",
    "seed, 9223372036854775808"
  })
  void aWrongValueIsNamedWithWhatIsRight(String key, String value) {
    assertThatThrownBy(() -> SPEC.parse(Map.of(key, value)))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("'" + key + "'")
        .hasMessageContaining(value)
        .hasMessageContaining(SPEC.find(key).orElseThrow().type());
  }

  @Test
  void aMisspeltKeyIsAnsweredWithTheNearest() {
    assertThatThrownBy(() -> SPEC.parse(Map.of("scheduel", "cosine")))
        .isInstanceOf(WtaException.class)
        .hasMessageContaining("'scheduel'")
        .hasMessageContaining("did you mean 'schedule'?");
    assertThatThrownBy(() -> SPEC.parse(Map.of("zzzzzz", 1)))
        .hasMessageContaining("batch, rate, tied");
    assertThatThrownBy(() -> SPEC.parse(Map.of("schedule", "cosin")))
        .hasMessageContaining("'cosine'");
  }

  @Test
  void everythingThatIsWrongIsReportedAtOnce() {
    assertThatThrownBy(() -> SPEC.parse(Map.of("batch", 0, "rate", 7, "hiden", 3)))
        .hasMessageContaining("3 settings are wrong")
        .hasMessageContaining("'batch'")
        .hasMessageContaining("'rate'")
        .hasMessageContaining("'hidden'");
  }

  @Test
  void aShorthandStandsForItsTarget() {
    assertThat(SPEC.parse(Map.of("minibatch", 9)).get(BATCH)).isEqualTo(9);
    assertThatThrownBy(() -> SPEC.parse(Map.of("minibatch", 9, "batch", 9)))
        .hasMessageContaining("say the same thing");
  }

  @Test
  void oneValueIsReplacedAndChecked() {
    assertThat(SPEC.defaults().with(BATCH, 9).get(BATCH)).isEqualTo(9);
    assertThatThrownBy(() -> SPEC.defaults().with(BATCH, 0))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aPartKeepsItsValues() {
    SettingsSpec part = SettingsSpec.of(RATE, TIED);
    Settings only = SPEC.parse(Map.of("rate", 0.5)).only(part);
    assertThat(only.toMap()).isEqualTo(Map.of("rate", 0.5, "tied", true));
    assertThatThrownBy(() -> only.get(BATCH)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> part.plus(SettingsSpec.of(TIED)))
        .isInstanceOf(IllegalArgumentException.class);
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
    Setting<List<String>> steps = Setting.words("steps", "", List.of(), words -> {}, "");
    List<String> expected = List.of("standardise(0,10)", "center", "zca(0.1)");
    for (Object given :
        List.of(
            "standardise(0, 10), center, zca(0.1)",
            "[ standardise ( 0 ,10 ) center zca(0.1) ]",
            List.of("standardise(0, 10)", "center", "zca(0.1)"),
            List.of("standardise(0", "10)", "center", "zca(0.1)"))) {
      assertThat(steps.parse(given)).as(given.toString()).isEqualTo(expected);
    }
    assertThat(steps.parse("")).isEmpty();
    assertThat(steps.parse("scale center")).containsExactly("scale", "center");
  }
}
