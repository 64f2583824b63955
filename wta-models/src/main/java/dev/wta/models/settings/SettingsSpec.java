package dev.wta.models.settings;

import dev.wta.api.Spelling;
import dev.wta.api.WtaException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The settings that a configuration may have: the keys of a record of settings, see {@link
 * SettingsRecord}, and their defaults. Reads configurations into such records, and is the source of
 * their help.
 *
 * @param <S> the record
 */
public final class SettingsSpec<S extends Record> {
  private final S defaults;
  private final Map<String, SettingKey> keys;

  private SettingsSpec(S defaults, Map<String, SettingKey> keys) {
    this.defaults = defaults;
    this.keys = keys;
  }

  /**
   * The settings of a record, whose values are their defaults.
   *
   * @throws IllegalArgumentException if two settings have the same key, or a component is neither a
   *     setting nor a record of settings
   */
  public static <S extends Record> SettingsSpec<S> of(S defaults) {
    Map<String, SettingKey> keys = new LinkedHashMap<>();
    for (SettingKey key : SettingsTree.keys(defaults)) {
      if (keys.put(key.name(), key) != null) {
        throw new IllegalArgumentException("two settings named " + key.name());
      }
    }
    return new SettingsSpec<>(defaults, keys);
  }

  /** The same record, some of whose keys a configuration does not name: they keep their values. */
  public SettingsSpec<S> without(String... hidden) {
    Map<String, SettingKey> fewer = new LinkedHashMap<>(keys);
    fewer.keySet().removeAll(Set.of(hidden));
    return new SettingsSpec<>(defaults, fewer);
  }

  /** These settings with other defaults, as a configuration gives them. */
  public SettingsSpec<S> withDefaults(Map<String, ?> changed) {
    return new SettingsSpec<>(parse(changed), keys);
  }

  /** The settings, in the order of their declaration. */
  public List<SettingKey> list() {
    return List.copyOf(keys.values());
  }

  /** The setting of that key, not that of a shorthand. */
  public Optional<SettingKey> find(String name) {
    return Optional.ofNullable(keys.get(name));
  }

  public S defaults() {
    return defaults;
  }

  /** The value of a setting of {@code settings}. */
  public Object value(S settings, String key) {
    return SettingsTree.values(settings).get(required(key).name());
  }

  /** The values of {@code settings} by key, as JSON and YAML have them; {@link #parse} reads it. */
  public Map<String, Object> toMap(S settings) {
    Map<String, Object> values = SettingsTree.values(settings);
    Map<String, Object> map = new LinkedHashMap<>();
    keys.forEach((name, key) -> map.put(name, key.type().render(values.get(name))));
    return map;
  }

  /**
   * A copy with another value of one setting.
   *
   * @throws IllegalArgumentException if there is no such setting, or the value is out of range
   */
  public S with(S settings, String key, Object value) {
    SettingType type = required(key).type();
    return SettingsTree.with(settings, Map.of(key, type.parse(type.render(value))));
  }

  private SettingKey required(String name) {
    return find(name)
        .orElseThrow(() -> new IllegalArgumentException("there is no setting " + name + " here"));
  }

  /**
   * Reads a configuration; keys that it leaves out take their defaults.
   *
   * @param given values by key: strings, or what JSON and YAML have
   * @throws WtaException that lists everything that is wrong, with the nearest key for a misspelt
   *     one
   */
  public S parse(Map<String, ?> given) {
    List<String> problems = new ArrayList<>();
    Map<String, Object> values = new LinkedHashMap<>();
    Map<String, String> writtenAs = new LinkedHashMap<>();
    given.forEach(
        (written, value) -> {
          Optional<SettingKey> found = meant(written);
          if (found.isEmpty()) {
            problems.add(unknown(written));
            return;
          }
          SettingKey key = found.get();
          String before = writtenAs.putIfAbsent(key.name(), written);
          if (before != null) {
            problems.add("'%s' and '%s' say the same thing".formatted(before, written));
          } else if (value == null) {
            problems.add("'%s' has no value".formatted(written));
          } else {
            try {
              values.put(key.name(), key.type().parse(key.expanded(written, value)));
            } catch (WtaException wrong) {
              problems.add("'%s': %s".formatted(written, wrong.problem()));
            } catch (IllegalArgumentException wrong) {
              problems.add("'%s' is %s".formatted(written, wrong.getMessage()));
            }
          }
        });
    if (!problems.isEmpty()) {
      throw new WtaException(
          (problems.size() == 1
                  ? "a setting is wrong: "
                  : problems.size() + " settings are wrong: ")
              + String.join("; ", problems),
          "correct " + (problems.size() == 1 ? "it" : "them"));
    }
    return SettingsTree.with(defaults, values);
  }

  /** The setting that is written as {@code name}: by its own key, or by its shorthand. */
  public Optional<SettingKey> meant(String name) {
    return find(name)
        .or(() -> keys.values().stream().filter(key -> key.isShorthand(name)).findFirst());
  }

  /** All that a configuration may write: the keys, and then the shorthands. */
  public List<String> names() {
    List<String> names = new ArrayList<>(keys.keySet());
    keys.values().forEach(key -> key.shorthand().ifPresent(names::add));
    return names;
  }

  private String unknown(String key) {
    return Spelling.nearest(key, names())
        .map(nearest -> "there is no setting '%s' (did you mean '%s'?)".formatted(key, nearest))
        .orElseGet(
            () ->
                "there is no setting '%s' (there are %s)"
                    .formatted(key, String.join(", ", names())));
  }
}
