package dev.wta.models.settings;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
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

  /** What reflection says of a record's class: it parses annotations anew for every question. */
  private static final ClassValue<Declaration> DECLARATIONS =
      new ClassValue<>() {
        @Override
        protected Declaration computeValue(Class<?> type) {
          return Declaration.of(type);
        }
      };

  /** A record's components, and its constructor, which takes their values in their order. */
  private record Declaration(List<Component> components, Constructor<?> constructor) {
    static Declaration of(Class<?> type) {
      RecordComponent[] components = type.getRecordComponents();
      Class<?>[] types =
          Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
      try {
        Constructor<?> constructor = type.getDeclaredConstructor(types);
        constructor.setAccessible(true);
        return new Declaration(Arrays.stream(components).map(Component::of).toList(), constructor);
      } catch (ReflectiveOperationException failed) {
        throw unwrapped(failed, type);
      }
    }

    static List<Component> components(Record settings) {
      return DECLARATIONS.get(settings.getClass()).components();
    }
  }

  /**
   * A component.
   *
   * @param key {@code decoder-rows} for {@code decoderRows}
   * @param setting nothing where it is a record of settings
   */
  private record Component(
      String key, RecordComponent declared, Optional<Setting> setting, Method accessor) {
    static Component of(RecordComponent declared) {
      declared.getAccessor().setAccessible(true);
      return new Component(
          declared.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT),
          declared,
          Optional.ofNullable(declared.getAnnotation(Setting.class)),
          declared.getAccessor());
    }

    Object value(Record settings) {
      try {
        return accessor.invoke(settings);
      } catch (ReflectiveOperationException failed) {
        throw unwrapped(failed, settings.getClass());
      }
    }
  }

  /** The keys, those of a record within in its place. */
  static List<SettingKey> keys(Record settings) {
    List<SettingKey> keys = new ArrayList<>();
    for (Component component : Declaration.components(settings)) {
      if (component.setting().isPresent()) {
        keys.add(key(component, component.setting().get()));
      } else if (component.value(settings) instanceof Record part) {
        keys.addAll(keys(part));
      } else {
        throw new IllegalArgumentException(
            "%s.%s has no @Setting"
                .formatted(settings.getClass().getSimpleName(), component.declared().getName()));
      }
    }
    return keys;
  }

  /** The values of all keys. */
  static Map<String, Object> values(Record settings) {
    Map<String, Object> values = new LinkedHashMap<>();
    for (Component component : Declaration.components(settings)) {
      Object value = component.value(settings);
      if (component.setting().isPresent()) {
        values.put(component.key(), value);
      } else {
        values.putAll(values((Record) value));
      }
    }
    return values;
  }

  /** A copy with other values of some keys. */
  @SuppressWarnings("unchecked") // the constructor of a record's class makes such a record
  static <S extends Record> S with(S settings, Map<String, Object> changed) {
    Object[] values =
        Declaration.components(settings).stream()
            .map(
                component -> {
                  Object value = component.value(settings);
                  return component.setting().isPresent()
                      ? changed.getOrDefault(component.key(), value)
                      : with((Record) value, changed);
                })
            .toArray();
    try {
      return (S) DECLARATIONS.get(settings.getClass()).constructor().newInstance(values);
    } catch (ReflectiveOperationException failed) {
      throw unwrapped(failed, settings.getClass());
    }
  }

  private static SettingKey key(Component component, Setting setting) {
    SettingType type = type(component.declared(), setting);
    return new SettingKey(
        component.key(),
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

  /** What the record itself says is wrong with its values, or else that it cannot be made. */
  private static RuntimeException unwrapped(ReflectiveOperationException failed, Class<?> type) {
    return failed instanceof InvocationTargetException
            && failed.getCause() instanceof RuntimeException own
        ? own
        : new IllegalStateException("cannot use the settings " + type.getName(), failed);
  }
}
