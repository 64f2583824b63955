package dev.wta.models;

import dev.wta.api.Backend;
import dev.wta.api.Seed;
import dev.wta.api.Shape;
import dev.wta.models.settings.Settings;
import dev.wta.models.settings.SettingsSpec;
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
   * @throws dev.wta.api.WtaException if the settings contradict one another
   */
  Model create(Settings settings, Shape sample, Backend backend, Seed seed);
}
