package dev.wta.models.settings;

import dev.wta.api.Spelling;
import dev.wta.api.WtaException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * The settings that something has: what a configuration may say. Reads configurations into {@link
 * Settings}, and is the source of their help.
 */
public final class SettingsSpec {

  /**
   * Another way to write a setting, such as {@code lifetime: 0.05} for {@code competition:
   * lifetime(0.05)}.
   *
   * @param target the setting that it stands for
   * @param expand makes the target's text from what is given
   */
  public record Shorthand(
      String name, String target, String help, Function<Object, String> expand) {}

  private final Map<String, Setting<?>> settings;
  private final Map<String, Shorthand> shorthands;

  private SettingsSpec(Map<String, Setting<?>> settings, Map<String, Shorthand> shorthands) {
    this.settings = settings;
    this.shorthands = shorthands;
  }

  public static SettingsSpec of(Setting<?>... settings) {
    Map<String, Setting<?>> byName = new LinkedHashMap<>();
    for (Setting<?> setting : settings) {
      if (byName.put(setting.name(), setting) != null) {
        throw new IllegalArgumentException("two settings named " + setting.name());
      }
    }
    return new SettingsSpec(byName, Map.of());
  }

  /** These settings and a shorthand for one of them. */
  public SettingsSpec with(Shorthand shorthand) {
    if (settings.containsKey(shorthand.name()) || !settings.containsKey(shorthand.target())) {
      throw new IllegalArgumentException(
          "no shorthand %s for %s".formatted(shorthand.name(), shorthand.target()));
    }
    Map<String, Shorthand> more = new LinkedHashMap<>(shorthands);
    more.put(shorthand.name(), shorthand);
    return new SettingsSpec(settings, more);
  }

  /** These settings and {@code others}. */
  public SettingsSpec plus(SettingsSpec others) {
    Map<String, Setting<?>> both = new LinkedHashMap<>(settings);
    for (Setting<?> setting : others.settings.values()) {
      if (both.put(setting.name(), setting) != null) {
        throw new IllegalArgumentException("two settings named " + setting.name());
      }
    }
    Map<String, Shorthand> bothShorthands = new LinkedHashMap<>(shorthands);
    bothShorthands.putAll(others.shorthands);
    return new SettingsSpec(both, bothShorthands);
  }

  /** These settings without one of them. */
  public SettingsSpec without(Setting<?> setting) {
    Map<String, Setting<?>> fewer = new LinkedHashMap<>(settings);
    fewer.remove(setting.name());
    return new SettingsSpec(fewer, shorthands);
  }

  /**
   * These settings with other defaults.
   *
   * @param defaults values by key, as a configuration gives them
   */
  public SettingsSpec withDefaults(Map<String, ?> defaults) {
    Settings values = parse(defaults);
    Map<String, Setting<?>> changed = new LinkedHashMap<>();
    settings.values().forEach(setting -> changed.put(setting.name(), withDefault(setting, values)));
    return new SettingsSpec(changed, shorthands);
  }

  private static <T> Setting<T> withDefault(Setting<T> setting, Settings values) {
    return setting.withDefault(values.get(setting));
  }

  /** The settings, in the order of their declaration. */
  public List<Setting<?>> list() {
    return List.copyOf(settings.values());
  }

  public List<Shorthand> shorthands() {
    return List.copyOf(shorthands.values());
  }

  public Optional<Setting<?>> find(String name) {
    return Optional.ofNullable(settings.get(name));
  }

  public Settings defaults() {
    return parse(Map.of());
  }

  /**
   * Reads a configuration; keys that it leaves out take their defaults.
   *
   * @param given values by key: strings, or what JSON and YAML have
   * @throws WtaException that lists everything that is wrong, with the nearest key for a misspelt
   *     one
   */
  public Settings parse(Map<String, ?> given) {
    List<String> problems = new ArrayList<>();
    Map<String, Object> values = new LinkedHashMap<>();
    settings.values().forEach(setting -> values.put(setting.name(), setting.defaultValue()));
    Map<String, String> writtenAs = new LinkedHashMap<>();
    given.forEach(
        (key, value) -> {
          Shorthand shorthand = shorthands.get(key);
          String name = shorthand == null ? key : shorthand.target();
          Setting<?> setting = settings.get(name);
          if (setting == null) {
            problems.add(unknown(key));
          } else if (writtenAs.putIfAbsent(name, key) != null) {
            problems.add("'%s' and '%s' say the same thing".formatted(writtenAs.get(name), key));
          } else if (value == null) {
            problems.add("'%s' has no value".formatted(key));
          } else {
            try {
              values.put(
                  name, setting.parse(shorthand == null ? value : shorthand.expand().apply(value)));
            } catch (WtaException wrong) {
              problems.add("'%s': %s".formatted(key, wrong.problem()));
            } catch (IllegalArgumentException wrong) {
              problems.add("'%s' is %s".formatted(key, wrong.getMessage()));
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
    return new Settings(this, values);
  }

  private String unknown(String key) {
    List<String> names = new ArrayList<>(settings.keySet());
    names.addAll(shorthands.keySet());
    return Spelling.nearest(key, names)
        .map(nearest -> "there is no setting '%s' (did you mean '%s'?)".formatted(key, nearest))
        .orElseGet(
            () ->
                "there is no setting '%s' (there are %s)".formatted(key, String.join(", ", names)));
  }
}
