package dev.wta.models.training;

import dev.wta.api.WtaException;
import dev.wta.models.Model;
import dev.wta.models.ModelFamilies;
import dev.wta.models.ModelFamily;
import dev.wta.models.run.Origin;
import dev.wta.models.run.RunConfig;
import dev.wta.models.run.RunDirectory;
import dev.wta.models.settings.SettingKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The beginning of a training with the parameters of a run.
 *
 * @param run whose last checkpoint has them
 * @param origin what is recorded of it
 */
record FineTuning(RunDirectory run, Origin origin) {
  private static final String PREPROCESS = "preprocess";

  /**
   * Gives a model the parameters of a run, with its state and its pre-processing.
   *
   * @param training the settings of the training to come, as {@code config.json} has them
   * @throws WtaException if the run's parameters are not such a model's
   */
  static FineTuning begin(Model model, RunDirectory run, Map<String, Object> training) {
    requireSame(model, run.config(), run.path().toString(), training);
    Origin origin = Origin.of(run, training.get("optimizer"));
    run.restore(model);
    return new FineTuning(run, origin);
  }

  private static void requireSame(
      Model model, RunConfig config, String run, Map<String, Object> training) {
    List<String> different = new ArrayList<>();
    compare("model", config.family(), model.family(), different);
    compare(
        "the samples' shape",
        config.sample().toString(),
        model.sampleShape().toString(),
        different);
    if (different.isEmpty()) {
      ModelFamily family = ModelFamilies.named(model.family());
      Map<String, Object> before = family.settings().parse(config.model()).toMap();
      Map<String, Object> now = model.settings().toMap();
      family.settings().list().stream()
          .filter(SettingKey::shapesParameters)
          .map(SettingKey::name)
          .forEach(key -> compare("'%s'".formatted(key), before.get(key), now.get(key), different));
      if (config.training().containsKey(PREPROCESS) && training.containsKey(PREPROCESS)) {
        compare(
            "'%s'".formatted(PREPROCESS),
            config.training().get(PREPROCESS),
            training.get(PREPROCESS),
            different);
      }
    }
    if (!different.isEmpty()) {
      throw new WtaException(
          "the parameters of %s are no beginning for this training: %s"
              .formatted(run, String.join("; ", different)),
          "leave these as they are in the run, or train without its parameters");
    }
  }

  private static void compare(String what, Object before, Object now, List<String> different) {
    if (!Objects.equals(before, now)) {
      different.add("%s is %s in the run, and %s here".formatted(what, before, now));
    }
  }
}
