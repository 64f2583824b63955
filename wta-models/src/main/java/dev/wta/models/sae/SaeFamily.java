package dev.wta.models.sae;

import dev.wta.api.backend.Backend;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.models.Model;
import dev.wta.models.ModelFamily;
import dev.wta.models.settings.Settings;
import dev.wta.models.settings.SettingsSpec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the families of this package differ in, as values. */
abstract class SaeFamily implements ModelFamily {
  /** A model's constructor. */
  @FunctionalInterface
  interface Constructor {
    Model create(Settings settings, Shape sample, Backend backend, Seed seed);
  }

  private final String name;
  private final String summary;
  private final SettingsSpec settings;
  private final Map<String, Object> trainingDefaults;
  private final Constructor constructor;

  SaeFamily(
      String name,
      String summary,
      SettingsSpec settings,
      Map<String, Object> trainingDefaults,
      Constructor constructor) {
    this.name = name;
    this.summary = summary;
    this.settings = settings;
    Map<String, Object> training = new LinkedHashMap<>(trainingDefaults);
    training.put("preprocess", List.of("scale", "mean-norm"));
    this.trainingDefaults = Map.copyOf(training);
    this.constructor = constructor;
  }

  @Override
  public final String name() {
    return name;
  }

  @Override
  public final String summary() {
    return summary;
  }

  @Override
  public final SettingsSpec settings() {
    return settings;
  }

  /** All rows had length 1, and what revived dead latents was rectified. */
  @Override
  public Map<String, Object> earlierSettings() {
    Map<String, Object> all =
        Map.of(
            SparseAutoencoder.DECODER_ROWS.name(),
            SparseAutoencoder.UNIT,
            SparseAutoencoder.FIRST_CENTRE.name(),
            SparseAutoencoder.MEDIAN,
            SparseAutoencoder.LOSS_SCALE.name(),
            SparseAutoencoder.OVER_VARIANCE,
            AuxiliaryLoss.SIGNED.name(),
            false,
            AuxiliaryLoss.SCALE.name(),
            AuxiliaryLoss.Scale.RECONSTRUCTION.text(),
            AuxiliaryLoss.DEAD_COUNTED.name(),
            "after");
    Map<String, Object> own = new LinkedHashMap<>(all);
    own.keySet().removeIf(key -> settings.find(key).isEmpty());
    return own;
  }

  @Override
  public final Map<String, Object> trainingDefaults() {
    return trainingDefaults;
  }

  @Override
  public final Model create(Settings settings, Shape sample, Backend backend, Seed seed) {
    return constructor.create(settings, sample, backend, seed);
  }
}
