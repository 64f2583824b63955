package dev.wta.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A name with arguments, as configurations write competitions, schedules and steps of
 * pre-processing: {@code lifetime(0.05)}, {@code none}, {@code zca(0.1, 5000)}.
 *
 * @param name in lower case
 * @param arguments as they were written, stripped; empty without brackets or with empty ones
 */
public record NamedCall(String name, List<String> arguments) {
  private static final Pattern TEXT =
      Pattern.compile("\\s*([a-zA-Z][\\w-]*)\\s*(?:\\(([^()]*)\\)\\s*)?");

  public NamedCall {
    arguments = List.copyOf(arguments);
  }

  /** Reads {@code text}; empty where it has another form. */
  public static Optional<NamedCall> parse(String text) {
    Matcher matcher = TEXT.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    List<String> arguments = new ArrayList<>();
    if (matcher.group(2) != null && !matcher.group(2).isBlank()) {
      for (String argument : matcher.group(2).split(",", -1)) {
        arguments.add(argument.strip());
      }
    }
    return Optional.of(new NamedCall(matcher.group(1).toLowerCase(Locale.ROOT), arguments));
  }

  /**
   * The arguments as numbers.
   *
   * @throws IllegalArgumentException if there are more or fewer than {@code count}, or one is no
   *     number
   */
  public List<Double> numbers(int count) {
    if (arguments.size() != count) {
      String takes =
          switch (count) {
            case 0 -> "no argument";
            case 1 -> "one argument";
            default -> count + " arguments";
          };
      throw new IllegalArgumentException(
          "it takes %s%s".formatted(takes, count == 0 ? "" : ", not " + arguments.size()));
    }
    return arguments.stream().map(NamedCall::number).toList();
  }

  /**
   * The one argument.
   *
   * @throws IllegalArgumentException if there are more or fewer, or it is no number
   */
  public double number() {
    return numbers(1).getFirst();
  }

  /**
   * The one argument, a whole number.
   *
   * @throws IllegalArgumentException if there are more or fewer, or it is no whole number
   */
  public int wholeNumber() {
    double value = number();
    if (value != (int) value) {
      throw new IllegalArgumentException("it takes a whole number, not " + value);
    }
    return (int) value;
  }

  private static double number(String argument) {
    try {
      return Double.parseDouble(argument);
    } catch (NumberFormatException notNumber) {
      throw new IllegalArgumentException("'%s' is not a number".formatted(argument), notNumber);
    }
  }
}
