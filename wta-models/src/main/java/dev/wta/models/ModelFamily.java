package dev.wta.models;

import dev.wta.api.WtaException;
import dev.wta.api.backend.Backend;
import dev.wta.api.random.Seed;
import dev.wta.api.tensor.Shape;
import dev.wta.models.settings.Settings;
import dev.wta.models.settings.SettingsSpec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A kind of model that a configuration can name; listed in {@code
 * META-INF/services/dev.wta.models.ModelFamily}, so a user's jar can add one.
 */
public interface ModelFamily {

  /** The name that configurations use: lower case, such as {@code fc-wta}. */
  String name();

  /** What it is, in one line for help. */
  String summary();

  /** What can be configured. */
  SettingsSpec settings();

  /** Settings that belong together, each set under a name; none unless a family has some. */
  default List<Preset> presets() {
    return List.of();
  }

  /**
   * Whether its models are trained a layer at a time, each by settings of its own: those with
   * {@link Model#layers}.
   */
  default boolean trainsByLayer() {
    return false;
  }

  /** Whether its models have a classifier of their own: whether they are {@link Classifier}s. */
  default boolean classifies() {
    return false;
  }

  /**
   * A run's settings with some of them changed, to use its model in another way than it was
   * trained.
   *
   * @throws WtaException if there is no such setting
   */
  default Map<String, Object> changed(Map<String, Object> saved, Map<String, ?> changes) {
    Map<String, Object> settings = new LinkedHashMap<>(saved);
    changes.forEach(
        (key, value) -> {
          if (settings().find(key).isEmpty()) {
            throw new WtaException("%s has no setting '%s'".formatted(name(), key), "leave it out");
          }
          settings.put(key, value);
        });
    return settings;
  }

  /**
   * What settings of today stood for in runs that were kept before there were these settings, by
   * key: such runs are read as if they had said so.
   */
  default Map<String, Object> earlierSettings() {
    return Map.of();
  }

  /** Training settings whose defaults differ for this family, such as {@code rate}. */
  default Map<String, Object> trainingDefaults() {
    return Map.of();
  }

  /**
   * A new model with first weights from {@code seed}.
   *
   * @param settings read by {@link #settings()}
   * @param sample the shape of one sample
   * @throws WtaException if the settings contradict one another
   */
  Model create(Settings settings, Shape sample, Backend backend, Seed seed);
}
