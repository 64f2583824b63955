package dev.wta.models.shard.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.wta.api.backend.Backend;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.data.Dataset;
import dev.wta.models.Model;
import dev.wta.models.ModelFamilies;
import dev.wta.models.ModelFamily;
import dev.wta.models.TestBackends;
import dev.wta.models.TestData;
import dev.wta.models.sae.TranscoderSettings;
import dev.wta.models.settings.SettingsRecord;
import dev.wta.models.training.Trainer;
import dev.wta.models.training.TrainingSettings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ShardedTrainingTest {
  private static final int INPUTS = 12;
  private static final int SAMPLES = 100;
  private static final Dataset DATA = TestData.vectors(SAMPLES, INPUTS);
  private static final Shape TARGET = Shape.of(7);

  /** A model's and training's settings by key, where they are not the family's. */
  record Case(String family, Map<String, Object> model, Map<String, Object> training) {
    ModelFamily of() {
      return ModelFamilies.named(family);
    }

    SettingsRecord<?> settings() {
      Map<String, Object> all = new LinkedHashMap<>(model);
      targets().ifPresent(given -> all.putAll(TranscoderSettings.outputs(given.sampleShape())));
      return of().settings().parse(all);
    }

    Optional<Dataset> targets() {
      return of().transcodes() ? Optional.of(TestData.targets(SAMPLES, TARGET)) : Optional.empty();
    }

    /** Whether latents die, and a loss revives them. */
    boolean revives() {
      return family.contains("topk") && model.containsKey("dead-after");
    }

    TrainingSettings trainingSettings() {
      Map<String, Object> all = new LinkedHashMap<>(training);
      all.putIfAbsent("preprocess", List.of("scale"));
      all.put("epochs", 5);
      all.put("batch", 32); // the last of an epoch has 4
      return TrainingSettings.of(of()).parse(all);
    }

    @Override
    public String toString() {
      return family + " " + model + " " + training;
    }
  }

  private static Case of(String family, Object... pairs) {
    Map<String, Object> model = new LinkedHashMap<>();
    model.put("hidden", 50);
    Map<String, Object> training = new LinkedHashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      String key = (String) pairs[i];
      boolean trains = TrainingSettings.of(ModelFamilies.named(family)).names().contains(key);
      (trains ? training : model).put(key, pairs[i + 1]);
    }
    return new Case(family, model, training);
  }

  static List<Case> cases() {
    return List.of(
        of("fc-wta", "competition", "lifetime(0.1)"),
        of("fc-wta", "competition", "lifetime(0.1)", "tied", false, "decoder-norm", "unit"),
        of("fc-wta", "competition", "topk(6)", "optimizer", "adam", "rate", 1e-3),
        of("fc-wta", "competition", "batchtopk(6)", "clip", 0.1),
        of("topk", "k", 4, "aux-weight", 0.0),
        of("topk", "k", 2, "dead-after", 33),
        of("topk", "k", 4, "dead-after", 64, "aux-signed", false, "aux-scale", "residual"),
        of("topk", "k", 4, "dead-after", 64, "decoder-rows", "unit", "clip", 0.05, "k-aux", 9),
        of("topk", "k", 20, "dead-after", 40, "decoder-rows", "free", "dead-counted", "before"),
        of("batch-topk", "k", 4, "dead-after", 64),
        of("batch-topk", "k", 30, "aux-weight", 0.0),
        of("jumprelu", "threshold", 0.01),
        of("jumprelu", "sparsity-loss", "quadratic", "target-l0", 5.0, "threshold-form", "log"),
        of(
            "jumprelu",
            "sparsity-loss",
            "tanh",
            "threshold",
            0.7,
            "pre-activation-weight",
            0.1,
            "dead-after",
            40,
            "kernel-to-encoder",
            true),
        of("standard", "sparsity", 0.05, "sparsity-warmup", 3),
        of("standard", "sparsity", 0.05, "decoder-rows", "unit", "warmup", 4),
        of("topk-transcoder", "k", 4, "aux-weight", 0.0),
        of("topk-transcoder", "k", 2, "dead-after", 33, "skip", true, "clip", 0.05),
        of("topk-transcoder", "k", 4, "aux-weight", 0.0, "skip", true, "first-centre", "zero"),
        of("batch-topk-transcoder", "k", 4, "aux-weight", 0.0, "decoder-rows", "unit"),
        of("jumprelu-transcoder", "threshold", 0.01, "skip", true),
        of("standard-transcoder", "sparsity", 0.05, "skip", true, "preprocess", "center"));
  }

  /** Deaths and revivals are a part of what is compared. */
  @Test
  void latentsDieInSomeCases() {
    Map<String, Double> last =
        runner(of("jumprelu", "threshold", 0.7, "dead-after", 40), "cpu").train(2).last();
    assertThat(last.get("deadShare")).isBetween(0.01, 0.99);
    for (String family : List.of("topk", "topk-transcoder")) {
      last = runner(of(family, "k", 2, "dead-after", 33), "cpu").train(2).last();
      assertThat(last.get("deadShare")).isBetween(0.01, 0.99);
    }
  }

  private static ShardedRunner runner(Case of, String backend) {
    return new ShardedRunner(of.settings(), of.trainingSettings(), DATA, backend)
        .towards(of.targets());
  }

  @ParameterizedTest
  @MethodSource("cases")
  void theNumberOfRanksChangesNoBit(Case of) {
    ShardedRunner.Outcome alone = runner(of, "cpu").train(1);
    assertThat(alone.losses()).hasSize(20).allMatch(Double::isFinite);
    for (int count : new int[] {2, 3, 4, 8}) {
      ShardedRunner.Outcome divided = runner(of, "cpu").train(count);
      assertThat(divided.losses()).as("losses on %d ranks", count).isEqualTo(alone.losses());
      assertThat(divided.last()).as("metrics on %d ranks", count).isEqualTo(alone.last());
      assertThat(divided.parameters()).containsOnlyKeys(alone.parameters().keySet());
      divided
          .parameters()
          .forEach(
              (name, values) ->
                  assertThat(values)
                      .as("%s on %d ranks", name, count)
                      .isEqualTo(alone.parameters().get(name)));
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void oneBlockIsTheUndividedModel(Case of) {
    Map<String, float[]> undivided = undivided(of, "cpu");
    Map<String, float[]> divided = runner(of, "cpu").blocks(1).train(1).parameters();
    assertThat(divided).containsOnlyKeys(undivided.keySet());
    divided.forEach(
        (name, values) -> {
          if (of.revives()) { // the undivided model encodes its dead latents by themselves
            assertClose(name, values, undivided.get(name));
          } else {
            assertThat(values).as(name).isEqualTo(undivided.get(name));
          }
        });
  }

  @ParameterizedTest
  @MethodSource("cases")
  void severalBlocksAreTheUndividedModelButForRounding(Case of) {
    for (String backend : TestBackends.NAMES) {
      Map<String, float[]> undivided = undivided(of, backend);
      Map<String, float[]> divided = runner(of, backend).train(2).parameters();
      divided.forEach(
          (name, values) -> assertClose(name + " on " + backend, values, undivided.get(name)));
    }
  }

  private static void assertClose(String name, float[] values, float[] wanted) {
    double length = 0;
    double off = 0;
    for (int i = 0; i < values.length; i++) {
      length += Math.pow(wanted[i], 2);
      off += Math.pow(values[i] - wanted[i], 2);
    }
    assertThat(Math.sqrt(off)).as(name).isCloseTo(0, within(1e-5 * Math.sqrt(length) + 1e-12));
  }

  private static Map<String, float[]> undivided(Case of, String name) {
    TrainingSettings training = of.trainingSettings();
    try (Backend backend = TestBackends.open(name, 1);
        Model model =
            (Model)
                of.of()
                    .create(of.settings(), DATA.sampleShape(), backend, Seed.of(training.seed()))) {
      Trainer trainer = Trainer.of(model).settings(training).data(DATA);
      of.targets().ifPresent(trainer::target);
      trainer.train();
      Map<String, float[]> values = new LinkedHashMap<>();
      model
          .parameters()
          .forEach(
              parameter ->
                  values.put(parameter.name(), backend.memory().download(parameter.value())));
      return values;
    }
  }
}
