package dev.wta.models.run;

import dev.wta.api.WtaException;
import dev.wta.models.Model;
import dev.wta.models.ModelFamilies;
import dev.wta.models.ModelFamily;
import dev.wta.models.settings.SettingKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Starts a training from the parameters of a run.
 *
 * @param run whose last checkpoint has them
 * @param origin what is recorded of it
 */
public record FineTuning(RunDirectory run, Origin origin) {
  private static final List<String> PREPROCESS = List.of("preprocess", "target-preprocess");

  /**
   * Gives a model the parameters of a run, with its state and its pre-processing.
   *
   * @param training the settings of the training to come, as {@code config.json} has them
   * @throws WtaException if the run's parameters are not such a model's
   */
  public static FineTuning begin(Model model, RunDirectory run, Map<String, Object> training) {
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
      for (String key : PREPROCESS) {
        if (config.training().containsKey(key) && training.containsKey(key)) {
          compare("'%s'".formatted(key), config.training().get(key), training.get(key), different);
        }
      }
    }
    if (!different.isEmpty()) {
      throw new WtaException(
          "this training cannot start from the parameters of %s: %s"
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
