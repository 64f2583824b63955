package dev.wta.models.settings;

import dev.wta.api.WtaException;
import java.util.LinkedHashMap;
import java.util.Map;

/** A valid configuration: a value for each setting of a {@link SettingsSpec}. */
public final class Settings {
  private final SettingsSpec spec;
  private final Map<String, Object> values;

  Settings(SettingsSpec spec, Map<String, Object> values) {
    this.spec = spec;
    this.values = values;
  }

  public SettingsSpec spec() {
    return spec;
  }

  /** The value of a setting. */
  @SuppressWarnings(
      "unchecked") // only SettingsSpec.parse and with() fill the map, each through the setting's
  // own type
  public <T> T get(Setting<T> setting) {
    requireKnown(setting);
    return (T) values.get(setting.name());
  }

  /**
   * Checks a number against what else is configured.
   *
   * @param most the largest value that means something
   * @param why what limits it: {@code the model has 30 latents}
   * @throws WtaException if the setting's value is more, naming both
   */
  public void requireAtMost(Setting<Integer> setting, int most, String why) {
    if (get(setting) > most) {
      throw new WtaException(
          "'%s' is %d, and %s".formatted(setting.name(), get(setting), why),
          "set %s to at most %d".formatted(setting.name(), most));
    }
  }

  /** This configuration with one value replaced. */
  public <T> Settings with(Setting<T> setting, T value) {
    requireKnown(setting);
    Map<String, Object> changed = new LinkedHashMap<>(values);
    changed.put(setting.name(), setting.parse(setting.render(value)));
    return new Settings(spec, changed);
  }

  /** The part of this configuration that {@code part} declares. */
  public Settings only(SettingsSpec part) {
    Map<String, Object> kept = new LinkedHashMap<>();
    for (Setting<?> setting : part.list()) {
      kept.put(setting.name(), get(setting));
    }
    return new Settings(part, kept);
  }

  /** The whole configuration as JSON and YAML have it; {@link SettingsSpec#parse} reads it back. */
  public Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    for (Setting<?> setting : spec.list()) {
      map.put(setting.name(), rendered(setting));
    }
    return map;
  }

  private <T> Object rendered(Setting<T> setting) {
    return setting.render(get(setting));
  }

  private void requireKnown(Setting<?> setting) {
    if (!values.containsKey(setting.name())) {
      throw new IllegalArgumentException("there is no setting " + setting.name() + " here");
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Settings settings && values.equals(settings.values);
  }

  @Override
  public int hashCode() {
    return values.hashCode();
  }

  @Override
  public String toString() {
    return toMap().toString();
  }
}
