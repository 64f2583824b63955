package dev.wta.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.data.Dataset;
import dev.wta.models.competition.TopK;
import dev.wta.models.fc.FcWta;
import dev.wta.models.training.Trainer;
import dev.wta.models.training.TrainingListener;
import dev.wta.models.training.TrainingSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Settings that ask for more than the model or the training has: refused, or noted. */
class SettingLimitsTest {
  private static final Shape VECTOR = Shape.of(9);
  private static final Shape PICTURE = Shape.of(1, 3, 3);

  private final Backend backend = TestBackends.reference();

  @AfterEach
  void close() {
    backend.close();
  }

  private FeatureExtractor create(String family, Shape sample, Map<String, Object> settings) {
    ModelFamily found = ModelFamilies.named(family);
    return found.create(found.settings().parse(settings), sample, backend, Seed.of(1));
  }

  private static Arguments tooMany(
      String family, Shape sample, String setting, Object value, int units, Object... more) {
    Map<String, Object> settings = new TreeMap<>(Map.of(setting, value));
    for (int i = 0; i < more.length; i += 2) {
      settings.put((String) more[i], more[i + 1]);
    }
    return Arguments.of(family, sample, setting, value, units, settings);
  }

  static Stream<Arguments> tooMany() {
    return Stream.of(
        tooMany("topk", VECTOR, "k", 31, 30, "hidden", 30),
        tooMany("topk", VECTOR, "k-aux", 31, 30, "hidden", 30, "k", 4),
        tooMany("batch-topk", VECTOR, "k", 31, 30, "hidden", 30),
        tooMany("matryoshka", VECTOR, "k", 31, 30, "hidden", 30),
        tooMany("matryoshka", VECTOR, "prefixes", 5, 8, "hidden", 8, "k", 2),
        tooMany("k-sparse", VECTOR, "k", 31, 30, "hidden", 30),
        tooMany("k-sparse", VECTOR, "k", 31, 30, "hidden", List.of(40, 30), "tied", false),
        tooMany("fc-wta", VECTOR, "competition", "topk(31)", 30, "hidden", 30),
        tooMany("fc-wta", VECTOR, "competition", "batchtopk(31)", 30, "hidden", 30),
        tooMany("fc-wta", VECTOR, "competition", "lifetime(0.5) then topk(31)", 30, "hidden", 30),
        tooMany("wta-rbm", VECTOR, "competition", "topk(31)", 30, "hidden", 30),
        tooMany("conv-wta", PICTURE, "competition", "topk(37)", 36, "layers", "4conv3-4deconv3"),
        tooMany(
            "conv-wta",
            PICTURE,
            "competition",
            "spatial then topk(5)",
            4,
            "layers",
            "4conv3-4deconv3"),
        tooMany(
            "stacked",
            VECTOR,
            "layers",
            List.of(Map.of("model", "topk", "hidden", 30, "k", 31)),
            30));
  }

  @ParameterizedTest(name = "{0}: {2} {3}")
  @MethodSource("tooMany")
  void moreWinnersThanUnitsAreRefused(
      String family,
      Shape sample,
      String setting,
      Object value,
      int units,
      Map<String, Object> settings) {
    String named = family.equals("stacked") ? "layer 1: 'k' is 31" : "'" + setting + "' is ";
    String last = value.toString().replaceFirst(".* then ", "");
    assertThatExceptionOfType(WtaException.class)
        .isThrownBy(() -> create(family, sample, settings))
        .withMessageContaining(named)
        .withMessageContaining(family.equals("stacked") ? "31" : last)
        .withMessageContaining(Integer.toString(units));
  }

  @Test
  void settingsOfAProgramAreRefusedToo() {
    FcWta.Settings settings = FcWta.Settings.DEFAULTS.hidden(30).competition(new TopK(31));
    assertThatExceptionOfType(WtaException.class)
        .isThrownBy(() -> settings.on(9, backend, Seed.of(1)))
        .withMessageContaining("'competition' is topk(31), and a sample's code has 30 units");
  }

  @Test
  void allUnitsMayWin() {
    List<Map.Entry<String, Map<String, Object>>> all =
        List.of(
            Map.entry("topk", Map.of("hidden", 30, "k", 30, "k-aux", 30)),
            Map.entry("batch-topk", Map.of("hidden", 30, "k", 30)),
            Map.entry("matryoshka", Map.of("hidden", 9, "k", 9, "prefixes", 5)),
            Map.entry("k-sparse", Map.of("hidden", 30, "k", 30)),
            Map.entry("fc-wta", Map.of("hidden", 30, "competition", "topk(30)")));
    for (Map.Entry<String, Map<String, Object>> entry : all) {
      try (FeatureExtractor model = create(entry.getKey(), VECTOR, entry.getValue())) {
        assertThat(model.settings().toMap()).containsAllEntriesOf(shown(entry.getValue(), model));
      }
    }
  }

  /** A list of one unit count is shown as a list. */
  private static Map<String, Object> shown(Map<String, Object> given, FeatureExtractor model) {
    Map<String, Object> shown = new TreeMap<>(given);
    if (model.settings().toMap().get("hidden") instanceof List<?>) {
      shown.put("hidden", List.of(given.get("hidden")));
    }
    return shown;
  }

  static Stream<Arguments> noted() {
    return Stream.of(
        Arguments.of("fc-wta", VECTOR, Map.of("hidden", 8), Map.of("batch", 10), ""),
        Arguments.of("fc-wta", VECTOR, Map.of("hidden", 8), Map.of("batch", 500), "'batch' is 500"),
        Arguments.of(
            "fc-wta",
            VECTOR,
            Map.of("hidden", 8),
            Map.of("batch", 10, "warmup", 100, "rate", 0.1),
            "'warmup' is 100 steps, and training has 3: the learning rate reaches 0.0030 of 0.1"),
        Arguments.of(
            "fc-wta",
            VECTOR,
            Map.of("hidden", 8),
            Map.of("batch", 10, "epsilon", 1e-5),
            "'epsilon' has no effect with optimizer sgd"),
        Arguments.of(
            "topk",
            VECTOR,
            Map.of("hidden", 8, "k", 2),
            Map.of("batch", 10, "momentum", 0.5),
            "'momentum' has no effect with optimizer adam"),
        Arguments.of(
            "autoencoder",
            VECTOR,
            Map.of("hidden", 8),
            Map.of("batch", 10, "patches-per-picture", 3),
            "'patches-per-picture' has no effect without 'patch'"),
        Arguments.of(
            "fc-wta",
            VECTOR,
            Map.of("hidden", 8, "lifetime", 0.01),
            Map.of("batch", 10),
            "lifetime(0.01) of a unit's 10 activations in a batch is less than one"),
        Arguments.of(
            "conv-wta",
            PICTURE,
            Map.of("layers", "4conv3-4deconv3", "lifetime", 0.01, "pool", "none"),
            Map.of("batch", 10),
            "lifetime(0.01) of a unit's 10 activations"),
        Arguments.of(
            "conv-wta",
            PICTURE,
            Map.of("layers", "4conv3-4deconv3", "lifetime", 0.2, "pool", "5/3"),
            Map.of("batch", 10),
            "'pool' is 5/3, and maps are 3 x 3: windows are cut to the maps"),
        Arguments.of(
            "wta-rbm",
            VECTOR,
            Map.of("hidden", 8),
            Map.of("batch", 10, "warmup", 0),
            "'plain-steps' is 2,000, and training has 3 steps: the competition never begins"),
        Arguments.of(
            "gated",
            VECTOR,
            Map.of("hidden", 8, "sparsity", 0.5, "sparsity-warmup", 1000),
            Map.of("batch", 10),
            "'sparsity-warmup' is 1,000 steps, and training has 3: sparsity reaches 0.0015 of"
                + " 0.5"));
  }

  @ParameterizedTest(name = "{0}: {4}")
  @MethodSource("noted")
  void whatDoesNotDoWhatItSaysIsNoted(
      String family,
      Shape sample,
      Map<String, Object> settings,
      Map<String, Object> training,
      String note) {
    Dataset data = TestData.samples(30, sample);
    List<String> notes = new ArrayList<>();
    Map<String, Object> all = new TreeMap<>(training);
    all.put("epochs", 1);
    try (FeatureExtractor model = create(family, sample, settings)) {
      Trainer.of(model)
          .settings(TrainingSettings.of(ModelFamilies.named(family)).parse(all))
          .data(data)
          .listen(
              new TrainingListener() {
                @Override
                public void noted(String text) {
                  notes.add(text);
                }
              })
          .train();
    }
    if (note.isEmpty()) {
      assertThat(notes).isEmpty();
    } else {
      assertThat(notes).singleElement().asString().startsWith(note);
    }
  }
}
