package dev.wta.models.settings;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** A record of settings and the records within it, as one list of keys and values. */
final class SettingsTree {
  private SettingsTree() {}

  /** The keys, those of a record within in its place. */
  static List<SettingKey> keys(Record settings) {
    List<SettingKey> keys = new ArrayList<>();
    for (RecordComponent component : settings.getClass().getRecordComponents()) {
      Setting setting = component.getAnnotation(Setting.class);
      if (setting != null) {
        keys.add(key(component, setting));
      } else if (value(settings, component) instanceof Record part) {
        keys.addAll(keys(part));
      } else {
        throw new IllegalArgumentException(
            "%s.%s has no @Setting"
                .formatted(settings.getClass().getSimpleName(), component.getName()));
      }
    }
    return keys;
  }

  /** The values of all keys. */
  static Map<String, Object> values(Record settings) {
    Map<String, Object> values = new LinkedHashMap<>();
    for (RecordComponent component : settings.getClass().getRecordComponents()) {
      Object value = value(settings, component);
      if (component.isAnnotationPresent(Setting.class)) {
        values.put(name(component), value);
      } else {
        values.putAll(values((Record) value));
      }
    }
    return values;
  }

  /** A copy with other values of some keys. */
  @SuppressWarnings("unchecked") // the constructor of a record's class makes such a record
  static <S extends Record> S with(S settings, Map<String, Object> changed) {
    RecordComponent[] components = settings.getClass().getRecordComponents();
    Object[] values = new Object[components.length];
    for (int i = 0; i < values.length; i++) {
      Object value = value(settings, components[i]);
      values[i] =
          components[i].isAnnotationPresent(Setting.class)
              ? changed.getOrDefault(name(components[i]), value)
              : with((Record) value, changed);
    }
    try {
      Class<?>[] types =
          Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
      var constructor = settings.getClass().getDeclaredConstructor(types);
      constructor.setAccessible(true);
      return (S) constructor.newInstance(values);
    } catch (ReflectiveOperationException failed) {
      throw unwrapped(failed, settings.getClass());
    }
  }

  private static SettingKey key(RecordComponent component, Setting setting) {
    SettingType type = type(component, setting);
    return new SettingKey(
        name(component),
        setting.help(),
        setting.type().isEmpty() ? type.description() : setting.type(),
        type,
        setting.shapesParameters(),
        Optional.of(setting.shorthand()).filter(name -> !name.isEmpty()),
        setting.shorthandFor());
  }

  private static SettingType type(RecordComponent component, Setting setting) {
    Class<?> type = component.getType();
    double least = // of whole numbers
        Double.isNaN(setting.above()) ? setting.min() : Math.floor(setting.above()) + 1;
    if (setting.as() != SettingType.class) {
      try {
        var constructor = setting.as().getDeclaredConstructor();
        constructor.setAccessible(true);
        return constructor.newInstance();
      } catch (ReflectiveOperationException failed) {
        throw unwrapped(failed, setting.as());
      }
    } else if (type == int.class) {
      return SettingType.integer(least, setting.max());
    } else if (type == long.class) {
      return SettingType.longInteger(least, setting.max());
    } else if (type == double.class) {
      return SettingType.real(setting.min(), setting.above(), setting.max());
    } else if (type == boolean.class) {
      return SettingType.flag();
    } else if (type.isEnum()) {
      return SettingType.choice(type);
    } else if (type == List.class
        && component.getGenericType() instanceof ParameterizedType list
        && list.getActualTypeArguments()[0] == Integer.class) {
      return SettingType.integers(least, setting.max());
    }
    throw new IllegalArgumentException(
        "%s is a %s: name how it is written in @Setting(as = ...)"
            .formatted(component.getName(), component.getGenericType().getTypeName()));
  }

  /** {@code decoderRows} is {@code decoder-rows}. */
  private static String name(RecordComponent component) {
    return component.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
  }

  private static Object value(Record settings, RecordComponent component) {
    try {
      component.getAccessor().setAccessible(true);
      return component.getAccessor().invoke(settings);
    } catch (ReflectiveOperationException failed) {
      throw unwrapped(failed, settings.getClass());
    }
  }

  /** What the record itself says is wrong with its values, or else that it cannot be made. */
  private static RuntimeException unwrapped(ReflectiveOperationException failed, Class<?> type) {
    return failed instanceof InvocationTargetException
            && failed.getCause() instanceof RuntimeException own
        ? own
        : new IllegalStateException("cannot use the settings " + type.getName(), failed);
  }
}
