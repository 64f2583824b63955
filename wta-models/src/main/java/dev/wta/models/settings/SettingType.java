package dev.wta.models.settings;

import dev.wta.api.Spelling;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Reads and writes the values of a setting's type in configurations. One that is not built in is a
 * subclass with a constructor without parameters, named in {@link Setting#as}.
 */
public class SettingType {
  private static final String WHOLE = "whole number";

  private final String description;
  private final Function<Object, ?> parse;
  private final Function<Object, Object> render;

  /**
   * @param description the type and range for people: {@code a size such as 48 or 11x11}
   * @param type the values' class
   * @param parse reads what JSON and YAML have, or text; throws {@link IllegalArgumentException} or
   *     {@link dev.wta.api.WtaException}, whose message says what is wrong
   * @param render what {@code parse} reads back
   */
  protected <T> SettingType(
      String description,
      Class<T> type,
      Function<Object, ? extends T> parse,
      Function<? super T, ?> render) {
    this(description, parse, value -> render.apply(type.cast(value)));
  }

  private SettingType(
      String description, Function<Object, ?> parse, Function<Object, Object> render) {
    this.description = description;
    this.parse = parse;
    this.render = render;
  }

  private static SettingType plain(String description, Function<Object, ?> parse) {
    return new SettingType(description, parse, value -> value);
  }

  /** Whole numbers of 32 bits in {@code [min, max]}. */
  static SettingType integer(double min, double max) {
    String type = WHOLE + wholeRange(min, max);
    return plain(type, given -> (int) whole(given, type, (int) min, (int) max));
  }

  /** Whole numbers of 64 bits in {@code [min, max]}. */
  static SettingType longInteger(double min, double max) {
    String type = WHOLE + range(min, max >= Long.MAX_VALUE ? Double.POSITIVE_INFINITY : max);
    return plain(type, given -> whole(given, type, (long) min, (long) max));
  }

  /** Finite numbers in {@code [min, max]}, or in {@code (above, max]} unless that is NaN. */
  static SettingType real(double min, double above, double max) {
    boolean closed = Double.isNaN(above);
    String type =
        closed
            ? "number" + range(min, max)
            : "number above "
                + plain(above)
                + (Double.isInfinite(max) ? "" : " and at most " + plain(max));
    return plain(
        type,
        given -> {
          double value = number(given, type);
          if (!(value <= max && (closed ? value >= min : value > above))) {
            throw wrong(given, type);
          }
          return value;
        });
  }

  static SettingType flag() {
    String type = "true or false";
    return plain(
        type,
        given ->
            switch (given.toString().strip().toLowerCase(Locale.ROOT)) {
              case "true" -> true;
              case "false" -> false;
              default -> throw wrong(given, type);
            });
  }

  /** The constants of an enumeration, in lower case with hyphens. */
  static SettingType choice(Class<?> type) {
    List<?> constants = Arrays.asList(type.getEnumConstants());
    List<String> names = constants.stream().map(SettingType::name).toList();
    String description = "one of " + String.join(", ", names);
    Function<Object, Object> parse =
        given -> {
          String name = given.toString().strip();
          if (!names.contains(name)) {
            String meant =
                Spelling.nearest(name, names).map(" (did you mean '%s'?)"::formatted).orElse("");
            throw new IllegalArgumentException(
                "%s, not '%s'%s".formatted(description, name, meant));
          }
          return constants.get(names.indexOf(name));
        };
    return new SettingType(description, parse, SettingType::name);
  }

  private static String name(Object constant) {
    return ((Enum<?>) constant).name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * At least one whole number in {@code [min, max]}: {@code [1000, 500]}, {@code "1000, 500"} or
   * one number alone.
   */
  static SettingType integers(double min, double max) {
    String type = "%s%s, or a list of such".formatted(WHOLE, wholeRange(min, max));
    return plain(
        type,
        given -> {
          List<Integer> values = new ArrayList<>();
          for (Object one : elements(given)) {
            values.add((int) whole(one, type, (int) min, (int) max));
          }
          if (values.isEmpty()) {
            throw wrong(given, type);
          }
          return List.copyOf(values);
        });
  }

  /**
   * Reads words, none or more: {@code [scale, center]}, {@code "scale, center"} or one word alone.
   * A word may have arguments in brackets, {@code zca(0.1, 5000)}, which commas do not cut. A list
   * may come cut at these commas, too: YAML's {@code [lcn(9, 2), zca]}.
   */
  protected static List<String> words(Object given) {
    String text =
        given instanceof List<?> list
            ? list.stream().map(Object::toString).collect(Collectors.joining(","))
            : bare(given);
    String whole = text.replaceAll("\\s*([(,)])\\s*", "$1").replace(")", ") ");
    return Arrays.stream(whole.split("[,\\s]+(?![^(]*\\))", -1))
        .filter(part -> !part.isEmpty())
        .toList();
  }

  /** The type and range for people: {@code whole number from 1 to 100}. */
  public final String description() {
    return description;
  }

  /**
   * Reads a value as a configuration gives it: a string, or what JSON and YAML have.
   *
   * @throws IllegalArgumentException if it is not of the type or out of range; the message says
   *     what it should be
   */
  public final Object parse(Object given) {
    return parse.apply(given);
  }

  /** The value as JSON and YAML have it; {@link #parse} reads it back. */
  public final Object render(Object value) {
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

  /** The text without the square brackets that it may have. */
  private static String bare(Object given) {
    String text = given.toString().strip();
    return text.startsWith("[") && text.endsWith("]") ? text.substring(1, text.length() - 1) : text;
  }

  private static IllegalArgumentException wrong(Object given, String type) {
    return new IllegalArgumentException("%s, not '%s'".formatted(type, given));
  }

  private static String wholeRange(double min, double max) {
    return range(
        min <= Integer.MIN_VALUE ? Double.NEGATIVE_INFINITY : min,
        max >= Integer.MAX_VALUE ? Double.POSITIVE_INFINITY : max);
  }

  private static String range(double min, double max) {
    String from = Double.isInfinite(min) ? "" : " from " + plain(min);
    String to = Double.isInfinite(max) ? "" : (from.isEmpty() ? " up to " : " to ") + plain(max);
    return from + to;
  }

  private static String plain(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? Long.toString((long) value)
        : Double.toString(value);
  }
}
