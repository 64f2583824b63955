package dev.wta.models.settings;

import java.util.Optional;

/**
 * A key of configurations: what a component of a record with its {@link Setting} amounts to.
 *
 * @param name such as {@code decoder-rows}
 * @param help what it does, for people
 * @param description its type and range for people: {@code whole number from 1 to 100}
 * @param type how its values are written
 * @param shapesParameters whether it cannot change when a training starts from a run's parameters
 * @param shorthand another key for it, such as {@code lifetime}
 * @param shorthandFor what the shorthand's value stands for: {@code lifetime(%s)}
 */
public record SettingKey(
    String name,
    String help,
    String description,
    SettingType type,
    boolean shapesParameters,
    Optional<String> shorthand,
    String shorthandFor) {

  boolean isShorthand(String written) {
    return shorthand.filter(written::equals).isPresent();
  }

  /** What a value stands for that is written under {@code written}, this key or its shorthand. */
  public Object expanded(String written, Object value) {
    return isShorthand(written) ? shorthandFor.formatted(value) : value;
  }

  /** What the shorthand does, for people: {@code short for competition: lifetime(...)}. */
  public String shorthandHelp() {
    return "short for %s: %s".formatted(name, shorthandFor.formatted("..."));
  }
}
