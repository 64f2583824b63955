package dev.wta.models.training;

import dev.wta.models.ModelFamily;
import dev.wta.models.settings.SettingsRecord;
import dev.wta.models.settings.SettingsSpec;

/**
 * The settings of a run: those of the model and of its training.
 *
 * @param model the model's settings
 * @param training the training settings, the seed among them
 */
public record RunSettings(SettingsRecord<?> model, TrainingSettings training) {

  /** What a configuration of a run may say, with a family's own defaults. */
  public static SettingsSpec<RunSettings> spec(ModelFamily family) {
    return SettingsSpec.of(
            new RunSettings(family.settings().defaults(), TrainingSettings.of(family).defaults()))
        .without(TrainingSettings.unusedBy(family));
  }

  /** The same of a layer of several, see {@link TrainingSettings#ofLayer}. */
  public static SettingsSpec<RunSettings> specOfLayer(ModelFamily family) {
    return spec(family).without(TrainingSettings.OF_ALL_LAYERS);
  }
}
