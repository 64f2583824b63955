package dev.wta.models.settings;

import dev.wta.api.Spelling;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * One key of a configuration: its name, type, range, default and what it does.
 *
 * @param <T> the type of its values
 */
public final class Setting<T> {
  private final String name;
  private final String type;
  private final T defaultValue;
  private final String help;
  private final Function<Object, T> parse;
  private final Function<T, Object> render;

  private Setting(
      String name,
      String type,
      T defaultValue,
      String help,
      Function<Object, T> parse,
      Function<T, Object> render) {
    this.name = name;
    this.type = type;
    this.defaultValue = defaultValue;
    this.help = help;
    this.parse = parse;
    this.render = render;
  }

  /** A whole number in {@code [low, high]}. */
  public static Setting<Integer> integer(
      String name, int defaultValue, int low, int high, String help) {
    String type =
        "whole number " + range(low, high == Integer.MAX_VALUE ? "" : Integer.toString(high));
    return new Setting<>(
        name,
        type,
        defaultValue,
        help,
        given -> (int) whole(given, type, low, high),
        value -> value);
  }

  /** Any whole number of 64 bits. */
  public static Setting<Long> longInteger(String name, long defaultValue, String help) {
    String type = "whole number";
    return new Setting<>(
        name,
        type,
        defaultValue,
        help,
        given -> whole(given, type, Long.MIN_VALUE, Long.MAX_VALUE),
        value -> value);
  }

  /** A finite number in {@code [low, high]}. */
  public static Setting<Double> real(
      String name, double defaultValue, double low, double high, String help) {
    return real(name, defaultValue, low, high, true, help);
  }

  /** A finite number in {@code (low, high]}. */
  public static Setting<Double> realAbove(
      String name, double defaultValue, double low, double high, String help) {
    return real(name, defaultValue, low, high, false, help);
  }

  private static Setting<Double> real(
      String name, double defaultValue, double low, double high, boolean closed, String help) {
    boolean bounded = high < Double.MAX_VALUE;
    String type =
        closed
            ? "number " + range(plain(low), bounded ? plain(high) : "")
            : "number above " + plain(low) + (bounded ? " and at most " + plain(high) : "");
    Function<Object, Double> parse =
        given -> {
          double value = number(given, type);
          if (!(value >= low && value <= high) || (!closed && value == low)) {
            throw wrong(given, type);
          }
          return value;
        };
    return new Setting<>(name, type, defaultValue, help, parse, value -> value);
  }

  /** True or false. */
  public static Setting<Boolean> flag(String name, boolean defaultValue, String help) {
    Function<Object, Boolean> parse =
        given ->
            switch (given.toString().strip().toLowerCase(Locale.ROOT)) {
              case "true" -> true;
              case "false" -> false;
              default -> throw wrong(given, "true or false");
            };
    return new Setting<>(name, "true or false", defaultValue, help, parse, value -> value);
  }

  /** One of a few words. */
  public static Setting<String> choice(
      String name, String defaultValue, List<String> choices, String help) {
    String type = "one of " + String.join(", ", choices);
    Function<Object, String> parse =
        given -> {
          String value = given.toString().strip();
          if (!choices.contains(value)) {
            String meant =
                Spelling.nearest(value, choices).map(" (did you mean '%s'?)"::formatted).orElse("");
            throw new IllegalArgumentException("%s, not '%s'%s".formatted(type, value, meant));
          }
          return value;
        };
    return new Setting<>(name, type, defaultValue, help, parse, value -> value);
  }

  /**
   * Whole numbers in {@code [low, high]}, at least one: {@code [1000, 500]}, {@code "1000, 500"} or
   * one number alone.
   */
  public static Setting<List<Integer>> integers(
      String name, List<Integer> defaultValue, int low, int high, String help) {
    String element =
        "whole number " + range(low, high == Integer.MAX_VALUE ? "" : Integer.toString(high));
    String type = element + ", or a list of such";
    Function<Object, List<Integer>> parse =
        given -> {
          List<Integer> values = new ArrayList<>();
          for (Object one : elements(given)) {
            values.add((int) whole(one, type, low, high));
          }
          if (values.isEmpty()) {
            throw wrong(given, type);
          }
          return List.copyOf(values);
        };
    return new Setting<>(name, type, List.copyOf(defaultValue), help, parse, value -> value);
  }

  /**
   * Words, none or more: {@code [scale, center]}, {@code "scale, center"} or one word alone. A word
   * may have arguments in brackets, {@code zca(0.1, 5000)}, which commas do not cut.
   *
   * @param check throws {@link dev.wta.api.WtaException} if a word is unknown
   */
  public static Setting<List<String>> words(
      String name,
      String type,
      List<String> defaultValue,
      Consumer<List<String>> check,
      String help) {
    Function<Object, List<String>> parse =
        given -> {
          List<String> words = words(given);
          check.accept(words);
          return words;
        };
    return new Setting<>(name, type, List.copyOf(defaultValue), help, parse, value -> value);
  }

  /**
   * A value of any type with a text of its own, such as a competition.
   *
   * @param parse reads the text; throws {@link IllegalArgumentException} or {@link
   *     dev.wta.api.WtaException}, whose message says what is wrong
   * @param render the text that {@code parse} reads back
   */
  public static <T> Setting<T> text(
      String name,
      String type,
      T defaultValue,
      Function<String, T> parse,
      Function<T, String> render,
      String help) {
    return new Setting<>(
        name, type, defaultValue, help, given -> parse.apply(given.toString()), render::apply);
  }

  /**
   * A value with a structure of its own, such as a list of layers.
   *
   * @param parse reads what JSON and YAML have; throws as for {@link #text}
   * @param render what {@code parse} reads back
   */
  public static <T> Setting<T> structured(
      String name,
      String type,
      T defaultValue,
      Function<Object, T> parse,
      Function<T, Object> render,
      String help) {
    return new Setting<>(name, type, defaultValue, help, parse, render);
  }

  public String name() {
    return name;
  }

  /** The type and range for people: {@code whole number from 1 to 100}. */
  public String type() {
    return type;
  }

  public T defaultValue() {
    return defaultValue;
  }

  public String help() {
    return help;
  }

  /** The same setting with another default. */
  public Setting<T> withDefault(T value) {
    return new Setting<>(name, type, value, help, parse, render);
  }

  /**
   * Reads a value as a configuration gives it: a string, or what JSON and YAML have.
   *
   * @throws IllegalArgumentException if it is not of the type or out of range; the message says
   *     what it should be
   */
  public T parse(Object given) {
    return parse.apply(given);
  }

  /** The value as JSON and YAML have it; {@link #parse} reads it back. */
  public Object render(T value) {
    return render.apply(value);
  }

  private static double number(Object given, String type) {
    try {
      double value =
          given instanceof Number number
              ? number.doubleValue()
              : Double.parseDouble(given.toString());
      if (Double.isFinite(value)) {
        return value;
      }
    } catch (NumberFormatException notNumber) {
      throw new IllegalArgumentException(wrong(given, type).getMessage(), notNumber);
    }
    throw wrong(given, type);
  }

  private static long whole(Object given, String type, long low, long high) {
    long value;
    try {
      value =
          given instanceof Integer || given instanceof Long
              ? ((Number) given).longValue()
              : new BigDecimal(given.toString().strip()).longValueExact();
    } catch (ArithmeticException | NumberFormatException notWhole) {
      throw new IllegalArgumentException(wrong(given, type).getMessage(), notWhole);
    }
    if (value < low || value > high) {
      throw wrong(given, type);
    }
    return value;
  }

  private static List<?> elements(Object given) {
    return given instanceof List<?> list
        ? list
        : Arrays.stream(bare(given).split("[,\\s]+", -1)).filter(part -> !part.isEmpty()).toList();
  }

  /** A list may come cut at the commas within brackets, too: YAML's {@code [lcn(9, 2), zca]}. */
  private static List<String> words(Object given) {
    String text =
        given instanceof List<?> list
            ? list.stream().map(Object::toString).collect(Collectors.joining(","))
            : bare(given);
    String whole = text.replaceAll("\\s*([(,)])\\s*", "$1").replace(")", ") ");
    return Arrays.stream(whole.split("[,\\s]+(?![^(]*\\))", -1))
        .filter(part -> !part.isEmpty())
        .toList();
  }

  /** The text without the square brackets that it may have. */
  private static String bare(Object given) {
    String text = given.toString().strip();
    return text.startsWith("[") && text.endsWith("]") ? text.substring(1, text.length() - 1) : text;
  }

  private static IllegalArgumentException wrong(Object given, String type) {
    return new IllegalArgumentException("%s, not '%s'".formatted(type, given));
  }

  private static String range(Object low, String high) {
    return high.isEmpty() ? "from " + low : "from " + low + " to " + high;
  }

  private static String plain(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? Long.toString((long) value)
        : Double.toString(value);
  }
}
