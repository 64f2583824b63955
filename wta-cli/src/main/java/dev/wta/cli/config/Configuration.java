package dev.wta.cli.config;

import dev.wta.api.Spelling;
import dev.wta.api.WtaException;
import dev.wta.models.settings.SettingKey;
import dev.wta.models.settings.SettingsSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Settings put together from layers, of which a later one overrides an earlier one: defaults, a
 * YAML file, {@code --set}, options of their own. Every key and value is checked where it is
 * written, so that the complaint can say where that is.
 */
public final class Configuration<S extends Record> {
  private static final Pattern ELEMENT = Pattern.compile("(.+)\\.(\\d{1,4})\\.([^.]+)");

  private final SettingsSpec<S> spec;
  private final String keysCommand;

  /** As they are written: elements of lists are overridden in these. */
  private final Map<String, Object> values = new LinkedHashMap<>();

  /**
   * @param keysCommand the command that lists the keys, for messages
   */
  public Configuration(SettingsSpec<S> spec, String keysCommand) {
    this.spec = spec;
    this.keysCommand = keysCommand;
  }

  /** Starts from values that were valid before, such as those of a run that is resumed. */
  public Configuration<S> startFrom(Map<String, ?> earlier) {
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
   * Overrides the values of the layers before this one.
   *
   * @throws WtaException if a key is unknown, with the nearest one that is known, or given twice,
   *     or if its value is not of its type
   */
  public Configuration<S> add(List<ConfiguredValue> layer) {
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
  public S settings() {
    return spec.parse(values);
  }

  /** Takes one value in and returns the name of its setting. */
  private String override(ConfiguredValue value) {
    Optional<SettingKey> key = spec.meant(value.key());
    if (key.isPresent()) {
      return override(value, key.get());
    }
    Matcher element = ELEMENT.matcher(value.key());
    if (element.matches() && values.get(element.group(1)) instanceof List<?> list) {
      return overrideElement(value, list, element);
    }
    throw unknown(value);
  }

  /** {@code layers.2.epochs=5}: one value of one element, from 1, of a list of maps. */
  private String overrideElement(ConfiguredValue value, List<?> list, Matcher element) {
    int number = Integer.parseInt(element.group(2));
    if (number < 1 || number > list.size() || !(list.get(number - 1) instanceof Map<?, ?> old)) {
      throw new WtaException(
          "key '%s' %s: '%s' has elements 1 to %d"
              .formatted(value.key(), value.where(), element.group(1), list.size()),
          "name one of them");
    }
    Map<Object, Object> changed = new LinkedHashMap<>(old);
    changed.put(element.group(3), value.value());
    List<Object> elements = new ArrayList<>(list);
    elements.set(number - 1, changed);
    override(new ConfiguredValue(element.group(1), elements, value.where()));
    return value.key();
  }

  private String override(ConfiguredValue value, SettingKey key) {
    try {
      Object expanded = key.expanded(value.key(), value.value());
      key.type().parse(expanded);
      values.put(key.name(), expanded);
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
    return key.name();
  }

  private WtaException unknown(ConfiguredValue value) {
    String list = "'%s' lists the keys".formatted(keysCommand);
    return new WtaException(
        "unknown key '%s' %s".formatted(value.key(), value.where()),
        Spelling.nearest(value.key(), spec.names())
            .map(nearest -> "did you mean '%s'? %s".formatted(nearest, list))
            .or(() -> ofElement(value).map("write '%s' for the first one"::formatted))
            .orElse(list));
  }

  /** {@code layers.1.epochs} for {@code epochs}, if the first layer has such a setting. */
  private Optional<String> ofElement(ConfiguredValue value) {
    return values.entrySet().stream()
        .filter(entry -> entry.getValue() instanceof List<?> && !value.key().contains("."))
        .map(entry -> "%s.1.%s".formatted(entry.getKey(), value.key()))
        .filter(name -> accepts(new ConfiguredValue(name, value.value(), value.where())))
        .findFirst();
  }

  private boolean accepts(ConfiguredValue value) {
    try {
      new Configuration<>(spec, keysCommand).startFrom(values).override(value);
      return true;
    } catch (WtaException _) {
      return false;
    }
  }
}
