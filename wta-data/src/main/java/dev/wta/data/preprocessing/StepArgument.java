package dev.wta.data.preprocessing;

import dev.wta.api.WtaException;
import java.util.Map;

/**
 * A number that a step of pre-processing takes: its place among the step's arguments is its place
 * in the text, {@code zca(0.1)}, and its name is its key in the description, {@code {kind=zca,
 * epsilon=0.1}}.
 *
 * @param standard its default
 * @param low the least allowed value
 * @param lowIsAllowed whether {@code low} itself is allowed
 * @param step the distance of allowed values from each other, counted from {@code low}; 0 if all
 *     are allowed
 */
record StepArgument(String name, double standard, double low, boolean lowIsAllowed, int step) {

  /** A number of at least 0. */
  static StepArgument from0(String name, double standard) {
    return new StepArgument(name, standard, 0, true, 0);
  }

  /** A number above 0. */
  static StepArgument above0(String name, double standard) {
    return new StepArgument(name, standard, 0, false, 0);
  }

  /** A whole number of at least {@code low}. */
  static StepArgument whole(String name, int standard, int low) {
    return new StepArgument(name, standard, low, true, 1);
  }

  /** An odd number of at least 1. */
  static StepArgument odd(String name, int standard) {
    return new StepArgument(name, standard, 1, true, 2);
  }

  boolean allows(double value) {
    return Double.isFinite(value)
        && (lowIsAllowed ? value >= low : value > low)
        && (step == 0 || value == (int) value && (value - low) % step == 0);
  }

  /**
   * Checks a value that a program gives.
   *
   * @throws IllegalArgumentException if it is out of range
   */
  void requireAllowed(double value) {
    if (!allows(value)) {
      throw new IllegalArgumentException(wrong(value));
    }
  }

  /**
   * Reads a value as a user writes it.
   *
   * @param step the step as it was written, for messages
   * @throws WtaException if it is not a number, or out of range
   */
  double parse(String text, String step) {
    double value;
    try {
      value = Double.parseDouble(text);
    } catch (NumberFormatException notNumber) {
      value = Double.NaN;
    }
    if (!allows(value)) {
      throw new WtaException(
          "the pre-processing '%s' is wrong: %s".formatted(step, wrong(text)), "correct it");
    }
    return value;
  }

  /**
   * Reads a value from a description; {@link #standard} if it is not there.
   *
   * @throws WtaException if it is not a number, or out of range
   */
  double of(Map<?, ?> description) {
    Object value = description.get(name);
    if (value == null) {
      return standard;
    }
    if (value instanceof Number number && allows(number.doubleValue())) {
      return number.doubleValue();
    }
    throw PreprocessingKind.incomplete(description, range() + " as '" + name + "'");
  }

  private String wrong(Object value) {
    return "its %s has to be %s, not %s".formatted(name, range(), value);
  }

  private String range() {
    String bound = low == (long) low ? Long.toString((long) low) : Double.toString(low);
    String kind =
        switch (step) {
          case 0 -> "a number ";
          case 1 -> "a whole number ";
          default -> "an odd number ";
        };
    return kind + (lowIsAllowed ? "of at least " : "above ") + bound;
  }

  @Override
  public String toString() {
    String value =
        standard == (long) standard ? Long.toString((long) standard) : Double.toString(standard);
    return name + "=" + value;
  }
}
