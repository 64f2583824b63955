package dev.wta.cli.config;

import dev.wta.api.Spelling;
import dev.wta.api.WtaException;
import dev.wta.models.settings.Setting;
import dev.wta.models.settings.Settings;
import dev.wta.models.settings.SettingsSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Settings put together from layers, of which a later one overrides an earlier one: defaults, a
 * YAML file, {@code --set}, options of their own. Every key and value is checked where it is
 * written, so that the complaint can say where that is.
 */
public final class Configuration {
  private final SettingsSpec spec;
  private final String keysCommand;
  private final Map<String, Object> values = new LinkedHashMap<>();

  /**
   * @param keysCommand the command that lists the keys, for messages
   */
  public Configuration(SettingsSpec spec, String keysCommand) {
    this.spec = spec;
    this.keysCommand = keysCommand;
  }

  /** Starts from values that were valid before, such as those of a run that goes on. */
  public Configuration startFrom(Map<String, ?> earlier) {
    values.putAll(earlier);
    return this;
  }

  /** The keys and values of a YAML file, in its order. */
  public static List<ConfiguredValue> readYaml(Path path) {
    return YamlFile.read(path);
  }

  /**
   * The key and value of {@code --set key=value}.
   *
   * @throws WtaException if it has no equals sign
   */
  public static ConfiguredValue readAssignment(String assignment) {
    int equals = assignment.indexOf('=');
    if (equals < 1) {
      throw new WtaException(
          "--set '%s' is not a key and a value".formatted(assignment), "write --set key=value");
    }
    return new ConfiguredValue(
        assignment.substring(0, equals).strip(),
        assignment.substring(equals + 1).strip(),
        "in --set");
  }

  /**
   * Overrides what the layers before this one said.
   *
   * @throws WtaException if a key is unknown, with the nearest one that is known, or said twice, or
   *     if its value is not of its type
   */
  public Configuration add(List<ConfiguredValue> layer) {
    Map<String, String> writtenAs = new HashMap<>();
    for (ConfiguredValue value : layer) {
      String name = override(value);
      String twin = writtenAs.put(name, value.key());
      if (twin != null && !twin.equals(value.key())) {
        throw new WtaException(
            "keys '%s' and '%s' %s say the same thing".formatted(twin, value.key(), value.where()),
            "keep one");
      }
    }
    return this;
  }

  /** What the layers amount to; keys that none of them has take their defaults. */
  public Settings settings() {
    return spec.parse(values);
  }

  /** Takes one value in and answers the name of the setting that it is for. */
  private String override(ConfiguredValue value) {
    for (SettingsSpec.Shorthand shorthand : spec.shorthands()) {
      if (shorthand.name().equals(value.key())) {
        Setting<?> target = spec.find(shorthand.target()).orElseThrow();
        return override(value, target, shorthand.expand());
      }
    }
    return override(value, spec.find(value.key()).orElseThrow(() -> unknown(value)), text -> text);
  }

  private String override(ConfiguredValue value, Setting<?> setting, Function<Object, ?> expand) {
    try {
      Object expanded = expand.apply(value.text());
      setting.parse(expanded);
      values.put(setting.name(), expanded);
    } catch (WtaException wrong) {
      throw new WtaException(
          "key '%s' %s: %s".formatted(value.key(), value.where(), wrong.problem()),
          wrong.remedy(),
          wrong);
    } catch (IllegalArgumentException wrong) {
      throw new WtaException(
          "key '%s' %s: expected %s".formatted(value.key(), value.where(), wrong.getMessage()),
          "correct it, '%s' lists the keys".formatted(keysCommand),
          wrong);
    }
    return setting.name();
  }

  private WtaException unknown(ConfiguredValue value) {
    List<String> names = new ArrayList<>();
    spec.list().forEach(setting -> names.add(setting.name()));
    spec.shorthands().forEach(shorthand -> names.add(shorthand.name()));
    String list = "'%s' lists the keys".formatted(keysCommand);
    return new WtaException(
        "unknown key '%s' %s".formatted(value.key(), value.where()),
        Spelling.nearest(value.key(), names)
            .map(nearest -> "did you mean '%s'? %s".formatted(nearest, list))
            .orElse(list));
  }
}
